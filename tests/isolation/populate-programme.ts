import { programmeApi } from '#modules/foundation/programme/contract.ts'
import { partnerImport } from '#modules/foundation/programme/import-contract.ts'
import { type ApiClient, testCreditCode } from '../api-client.ts'
import { samplePdf } from '../sample-files.ts'

export async function populateProgramme(client: ApiClient, mark: string) {
  const { partner } = await client.call(programmeApi.invite, {
    body: { name: `${mark} partner`, creditCode: testCreditCode(90), contactName: `${mark} contact` },
  })
  const certificate = await client.call(programmeApi.addCertificate, {
    params: { id: partner.id },
    query: { kind: 'businessLicence', number: `${mark} 1`, fileName: `${mark}.pdf`, validUntil: '2027-01-01' },
    bytes: samplePdf,
  })
  const file = `企业名称,统一社会信用代码,联系人\r\n${mark} partner 2,${testCreditCode(91)},${mark}\r\n`
  await client.call(partnerImport.upload, { query: { fileName: `${mark}.csv` }, bytes: new TextEncoder().encode(file) })
  return { Partner: partner.id, PartnerCertificate: certificate.id }
}
