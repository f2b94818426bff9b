import { datamatrix, drawingSVG, gs1_128, qrcode } from 'bwip-js/generic'

const MM_HIGH = 22

/** GS1-128 with the SSCC, as SVG; the figures below it are the page's own. */
export const ssccBars = (sscc: string): string => gs1_128({ bcid: 'gs1-128', text: `(00)${sscc}`, height: MM_HIGH, scale: 2 }, drawingSVG())

/** A QR code of any text; level M survives a scratched label. */
export const qrPicture = (text: string): string => qrcode({ bcid: 'qrcode', text, eclevel: 'M', scale: 2 } as never, drawingSVG())

/** Smaller than a QR code on small boxes. */
export const matrixPicture = (text: string): string => datamatrix({ bcid: 'datamatrix', text, scale: 2 }, drawingSVG())
