const END_OF_DIRECTORY = 0x06054b50
const DIRECTORY_ENTRY = 0x02014b50
const END_BYTES = 22
const ENTRY_BYTES = 46
const MAX_COMMENT = 65_535
const HAS_DESCRIPTOR = 8
const ZIP64 = 0xffff_ffff

export interface ZipEntry {
  name: string
  /** As its directory declares it; hucre stops an entry that unpacks to more (spreadsheet.test.ts). */
  unpackedBytes: number
}

/**
 * The entries of a ZIP archive by its central directory (APPNOTE 6.3.10, §4.3.12 and §4.3.16), or undefined where there is none, where an
 * entry does not tell its size, or where it is a ZIP64: no workbook of an allowed size needs one.
 */
export function zipEntries(bytes: Uint8Array): ZipEntry[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = endOfDirectory(view)
  if (end === undefined) return undefined
  const count = view.getUint16(end + 10, true)
  let at = view.getUint32(end + 16, true)
  const entries: ZipEntry[] = []
  for (let i = 0; i < count; i++) {
    if (at + ENTRY_BYTES > bytes.length || view.getUint32(at, true) !== DIRECTORY_ENTRY) return undefined
    const [packedBytes, unpackedBytes] = [view.getUint32(at + 20, true), view.getUint32(at + 24, true)]
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true)) as [
      number,
      number,
      number,
    ]
    const name = new TextDecoder().decode(bytes.subarray(at + ENTRY_BYTES, at + ENTRY_BYTES + nameLength))
    const hidesSize =
      (unpackedBytes === 0 && packedBytes > 2) || (packedBytes === 0 && (view.getUint16(at + 8, true) & HAS_DESCRIPTOR) !== 0)
    if (packedBytes === ZIP64 || unpackedBytes === ZIP64 || (hidesSize && !name.endsWith('/'))) return undefined
    entries.push({ name, unpackedBytes })
    at += ENTRY_BYTES + nameLength + extraLength + commentLength
  }
  return entries
}

function endOfDirectory(view: DataView): number | undefined {
  const last = view.byteLength - END_BYTES
  for (let at = last; at >= Math.max(0, last - MAX_COMMENT); at--) if (view.getUint32(at, true) === END_OF_DIRECTORY) return at
  return undefined
}
