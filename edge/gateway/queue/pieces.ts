import { type FrameHeader, readFrame, unpackFrame } from './frame.ts'
import { type RecordHeader, readRecord, type StoredBatch } from './record.ts'

/** What stands together in a segment file and is lost together: one batch, or a frame of packed ones. */
export interface Piece {
  headers: readonly RecordHeader[]
  bytes: Buffer
  /** Undefined where its content is damaged. Errors: its content is not what its sum promised. */
  open: (() => Promise<StoredBatch[]>) | undefined
}

/** Every piece whose head can be read, in order; `rest` is what stands behind the last, empty where all is well. */
export function piecesOf(content: Buffer, packed: boolean): { pieces: Piece[]; rest: Buffer } {
  const pieces: Piece[] = []
  let at = 0
  for (let piece = pieceAt(content, at, packed); piece; piece = pieceAt(content, at, packed)) {
    pieces.push(piece)
    at += piece.bytes.length
  }
  return { pieces, rest: content.subarray(at) }
}

function pieceAt(content: Buffer, at: number, packed: boolean): Piece | undefined {
  if (packed) {
    const frame = readFrame(content, at)
    return frame && framePiece(frame, content.subarray(at, frame.end))
  }
  const record = readRecord(content, at)
  if (record.kind === 'none') return undefined
  const bytes = content.subarray(at, record.end)
  if (record.kind === 'damaged') return { headers: [record.header], bytes, open: undefined }
  return { headers: [record.batch], bytes, open: async () => [record.batch] }
}

const framePiece = (frame: FrameHeader, bytes: Buffer): Piece => ({
  headers: frame.headers,
  bytes,
  open: frame.whole ? () => unpackFrame(frame) : undefined,
})
