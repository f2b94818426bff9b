import { type ReaderOptions, readBarcodes } from 'zxing-wasm/reader'

const options: ReaderOptions = {
  formats: ['Code128', 'QRCode', 'DataMatrix', 'EAN13', 'ITF', 'Code39'],
  tryHarder: true,
  // Separators as they stand in the code, no brackets put in.
  textMode: 'Plain',
  maxNumberOfSymbols: 4,
}

/** The codes on a picture; what is GS1 says so in front, as a scanner does (`]C1`, ISO/IEC 15424). */
export async function readPicture(picture: Blob | Uint8Array | ImageData): Promise<string[]> {
  const found = await readBarcodes(picture, options)
  return found
    .filter((code) => code.isValid && code.text !== '')
    .map((code) => (code.contentType === 'GS1' ? `${code.symbologyIdentifier}${code.text}` : code.text))
}
