import { open } from 'node:fs/promises'
import { fileTypeFromFile } from 'file-type'
import { requestErrors } from '#values/errors.ts'

/** What may be uploaded at all: media type by what the bytes are, and the extensions that may stand on such a file. */
const known = {
  jpeg: { mediaType: 'image/jpeg', extensions: ['jpg', 'jpeg'] },
  png: { mediaType: 'image/png', extensions: ['png'] },
  webp: { mediaType: 'image/webp', extensions: ['webp'] },
  pdf: { mediaType: 'application/pdf', extensions: ['pdf'] },
  xlsx: { mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', extensions: ['xlsx'] },
  docx: { mediaType: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document', extensions: ['docx'] },
  dwg: { mediaType: 'image/vnd.dwg', extensions: ['dwg'] },
  step: { mediaType: 'model/step', extensions: ['step', 'stp'] },
  csv: { mediaType: 'text/csv', extensions: ['csv'] },
  txt: { mediaType: 'text/plain', extensions: ['txt'] },
} as const
export type FileKind = keyof typeof known

export const imageKinds: readonly FileKind[] = ['jpeg', 'png', 'webp']
export const documentKinds = Object.keys(known) as FileKind[]
/** What a browser may show by itself: pictures that hold no script. SVG and HTML are not even taken. */
export const inlineTypes: ReadonlySet<string> = new Set(imageKinds.map((kind) => known[kind].mediaType))

const STEP_HEAD = 'ISO-10303-21;'
const TEXT_HEAD_BYTES = 64 * 1024

/**
 * The media type of a file by its bytes, held against its name. Errors: request.fileTypeRefused for what is not in `allowed`,
 * request.fileNotAsNamed where the bytes are of another kind than the extension says.
 */
export async function recognise(path: string, name: string, allowed: readonly FileKind[]): Promise<string> {
  const refused = () => requestErrors.fileTypeRefused({ allowed: allowed.flatMap((kind) => known[kind].extensions).join('、') })
  const extension = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''
  const named = allowed.find((kind) => (known[kind].extensions as readonly string[]).includes(extension))
  if (!named) throw refused()
  const kinds = await kindsByContent(path)
  if (kinds.includes(named)) return known[named].mediaType
  throw requestErrors.fileNotAsNamed({ name })
}

async function kindsByContent(path: string): Promise<FileKind[]> {
  // A broken archive makes the library throw: then it is none of ours.
  const found = await fileTypeFromFile(path).catch(() => undefined)
  if (found) return documentKinds.filter((kind) => known[kind].mediaType === found.mime)
  const text = await textHead(path)
  if (text === undefined) return []
  return text.trimStart().startsWith(STEP_HEAD) ? ['step'] : ['csv', 'txt']
}

/** The beginning of a text in UTF-8 or GB 18030; undefined for anything else, and for what a browser might take for a page. */
async function textHead(path: string): Promise<string | undefined> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(TEXT_HEAD_BYTES), 0, TEXT_HEAD_BYTES, 0)
    const head = buffer.subarray(0, bytesRead)
    const text = decoded(head, 'utf-8') ?? decoded(head, 'gb18030')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    if (text === undefined || /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/.test(text)) return undefined
    return /<\s*(!doctype|html|head|body|script|svg|iframe|\?xml)/i.test(text) ? undefined : text
  } finally {
    await file.close()
  }
}

/** The last character may be cut. */
function decoded(head: Buffer, encoding: string): string | undefined {
  for (let cut = 0; cut <= 3; cut++) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(head.subarray(0, Math.max(0, head.length - cut)))
    } catch {
      if (head.length < TEXT_HEAD_BYTES) return undefined
    }
  }
  return undefined
}
