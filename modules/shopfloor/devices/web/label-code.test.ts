import jsQR from 'jsqr'
import { expect, test } from 'vitest'
import { labelCode } from './label-code.ts'

const PIXELS = 4

/** The path drawn as a scanner sees it. */
function drawn({ size, path }: { size: number; path: string }): { pixels: Uint8ClampedArray; width: number } {
  const width = size * PIXELS
  const pixels = new Uint8ClampedArray(width * width * 4).fill(255)
  for (const [, x, y] of path.matchAll(/M(\d+) (\d+)h1v1h-1z/g))
    for (let dy = 0; dy < PIXELS; dy++)
      for (let dx = 0; dx < PIXELS; dx++) {
        const at = ((Number(y) * PIXELS + dy) * width + Number(x) * PIXELS + dx) * 4
        pixels.fill(0, at, at + 3)
      }
  return { pixels, width }
}

test('a label’s code is read by another program as the address of the device', () => {
  const address = 'https://lianshu.example.com:8443/devices/01970000-0000-7000-8000-000000000001'
  const { pixels, width } = drawn(labelCode(address))
  expect(jsQR(pixels, width, width)?.data).toBe(address)
})

test('a scratch through the code leaves it readable', () => {
  const address = 'http://192.168.1.20:8080/devices/01970000-0000-7000-8000-000000000001'
  const { pixels, width } = drawn(labelCode(address))
  const middle = Math.floor(width / 2)
  pixels.fill(255, middle * width * 4, (middle + PIXELS) * width * 4)
  expect(jsQR(pixels, width, width)?.data).toBe(address)
})
