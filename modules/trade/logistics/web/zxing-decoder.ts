import { prepareZXingModule } from 'zxing-wasm/reader'
import wasm from 'zxing-wasm/reader/zxing_reader.wasm?url'
import { readPicture } from './read-picture.ts'

// From our own server: a plant's network reaches no CDN, and ours says nothing to one.
prepareZXingModule({ overrides: { locateFile: (path: string, folder: string) => (path.endsWith('.wasm') ? wasm : `${folder}${path}`) } })

/** The codes on a picture, read by our own reader. */
export const readCodes = readPicture
