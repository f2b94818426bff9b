/** W3C Shape Detection: Chrome and WeChat on Android have it, Safari has not. */
interface NativeDetector {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>
}
interface NativeDetectors {
  new (options: { formats: string[] }): NativeDetector
  getSupportedFormats(): Promise<string[]>
}

const wanted = ['code_128', 'qr_code', 'data_matrix', 'ean_13', 'itf', 'code_39']
const needed = ['code_128', 'qr_code']
const MAX_WIDTH = 1_280

export type ReadFrame = (video: HTMLVideoElement) => Promise<string[]>

/** The browser's own reader where it reads what our labels carry; else ours, fetched only now. */
export async function openDecoder(): Promise<ReadFrame> {
  const native = (globalThis as { BarcodeDetector?: NativeDetectors }).BarcodeDetector
  const supported = await native?.getSupportedFormats().catch((): string[] => [])
  if (native && needed.every((format) => supported?.includes(format))) {
    const detector = new native({ formats: wanted.filter((format) => supported?.includes(format)) })
    return async (video) => (await detector.detect(video)).map((code) => code.rawValue)
  }
  const { readCodes } = await import('./zxing-decoder.ts')
  const canvas = document.createElement('canvas')
  const pen = canvas.getContext('2d', { willReadFrequently: true })
  return async (video) => {
    const scale = Math.min(1, MAX_WIDTH / (video.videoWidth || 1))
    canvas.width = Math.round(video.videoWidth * scale)
    canvas.height = Math.round(video.videoHeight * scale)
    if (!pen || canvas.width === 0 || canvas.height === 0) return []
    pen.drawImage(video, 0, 0, canvas.width, canvas.height)
    return readCodes(pen.getImageData(0, 0, canvas.width, canvas.height))
  }
}
