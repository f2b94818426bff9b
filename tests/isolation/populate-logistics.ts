import { labelApi } from '#modules/trade/logistics/label-contract.ts'
import type { ApiClient } from '../api-client.ts'

/** The buyer's own settings for one of his suppliers. */
export async function populateLogistics(client: ApiClient, supplierId: string, mark: string): Promise<Record<string, string>> {
  const barcode = await client.call(labelApi.createBarcode, {
    body: { supplierId: supplierId as never, name: `${mark} box`, template: '{material}|{lot}', sample: `${mark}|1` },
  })
  const format = await client.call(labelApi.createLabelFormat, {
    body: { supplierId: supplierId as never, name: `${mark} label`, language: 'zpl', template: `^XA^FD${mark}^FS^XZ` },
  })
  return { Barcode: barcode.id, LabelFormat: format.id }
}
