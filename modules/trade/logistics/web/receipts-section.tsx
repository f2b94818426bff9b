import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Space, Upload } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { apiUrl, download, errorText, upload } from '#ui/api.ts'
import { formatDateTime } from '#ui/format.ts'
import { useLocale, useWords } from '#ui/i18n.ts'
import { Loaded, Section, StatusTag } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { shrinkPhoto } from '#ui/shrink-photo.ts'
import { unitName } from '#values/units.ts'
import type { Shipment } from '../contract.ts'
import { type Receipt, receivingApi } from '../receiving-contract.ts'
import { logisticsQueries } from './queries.ts'
import { canRelease, ReleaseForm } from './release-form.tsx'
import { canReturn, ReturnForm } from './return-form.tsx'

/** What was received, with proof; what went back. */
export function ReceiptsSection({ shipment }: { shipment: Shipment }) {
  const t = useWords('logistics')
  const locale = useLocale()
  const query = useQuery(logisticsQueries.receipts(shipment.id))
  const told = useTold()
  return (
    <Section
      title={t('receipts')}
      extra={<Link to={`/logistics/claims?side=${shipment.side}&search=${shipment.number ?? ''}`}>{t('claimsOf')}</Link>}
    >
      <Loaded query={query}>
        {({ receipts, returns }) => (
          <>
            {receipts.length === 0 && <p className="ls-quiet">{t('noReceipts')}</p>}
            {receipts.map((receipt) => (
              <ReceiptBlock key={receipt.id} receipt={receipt} />
            ))}
            {returns.map((one) => (
              <p key={one.id}>
                <Button size="small" onClick={() => told(download(receivingApi.printReturn, { params: { id: one.id } }))}>
                  {t('print.print')}
                </Button>{' '}
                <strong>{t('returnOf', { number: one.number, receipt: one.receiptNumber })}</strong> {one.day} · {one.reason} ·{' '}
                {one.lines
                  .map(
                    (line) =>
                      `${line.materialCode} ${line.quantity} ${unitName(line.unit, locale === 'en-US')} ${t(`places.${line.from}`)}`,
                  )
                  .join('、')}
              </p>
            ))}
          </>
        )}
      </Loaded>
    </Section>
  )
}

/** Says in words why a file did not come. */
function useTold() {
  const t = useWords('logistics')
  const { message } = App.useApp()
  return (fetched: Promise<unknown>) => void fetched.catch((error: unknown) => message.error(errorText(error, t)))
}

const counts = [
  'accepted',
  'quarantined',
  'damaged',
  'wrong',
  'excess',
  'released',
  'returned',
  'excessReturned',
  'excessKept',
  'damagedKept',
] as const
/** Columns that only a receipt with something in them shows. */
const seldom = new Set<string>(['damaged', 'wrong', 'excess', 'released', 'excessReturned', 'excessKept', 'damagedKept'])

function ReceiptBlock({ receipt }: { receipt: Receipt }) {
  const t = useWords('logistics')
  const canReceive = useCan('logistics.receive') && receipt.side === 'buyer'
  const told = useTold()
  const [doing, setDoing] = useState<'return' | 'release'>()
  const close = () => setDoing(undefined)
  const shown = counts.filter((key) => !seldom.has(key) || receipt.lines.some((line) => line[key] !== '0'))
  return (
    <article>
      <div className="lg-bar">
        <span>
          <strong>{receipt.number}</strong> {formatDateTime(receipt.receivedAt)} · {receipt.warehouse}
          {receipt.receivedBy && ` · ${t('receivedBy', { name: receipt.receivedBy })}`}
          {receipt.signedBy && ` · ${t('signedBy', { name: receipt.signedBy })}`}
        </span>
        <Space>
          <Button onClick={() => told(download(receivingApi.printReceipt, { params: { id: receipt.id } }))}>{t('print.print')}</Button>
          {canReceive && canRelease(receipt) && <Button onClick={() => setDoing('release')}>{t('release')}</Button>}
          {canReceive && canReturn(receipt) && <Button onClick={() => setDoing('return')}>{t('return')}</Button>}
        </Space>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="lg-table" tabIndex={0} aria-label={receipt.number}>
        <table>
          <thead>
            <tr>
              <th>{t('print.no')}</th>
              <th>{t('print.material')}</th>
              <th>{t('lot')}</th>
              {shown.map((key) => (
                <th key={key} className="lg-number">
                  {t(`counts.${key}`)}
                </th>
              ))}
              <th>{t('note')}</th>
            </tr>
          </thead>
          <tbody>
            {receipt.lines.map((line) => (
              <tr key={line.id}>
                <td>{line.lineNo}</td>
                <td className="lg-long">
                  {line.materialCode} {line.materialName}
                  {line.inspect && line.remains.quarantine !== '0' && <StatusTag tone="warning">{t('awaitsInspection')}</StatusTag>}
                </td>
                <td>{line.lot ?? line.serial ?? '—'}</td>
                {shown.map((key) => (
                  <td key={key} className="lg-number">
                    {line[key]}
                  </td>
                ))}
                <td className="lg-long">{line.note || '—'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {receipt.overReason && <p>{t('overReasonOf', { reason: receipt.overReason })}</p>}
      <Proofs receipt={receipt} canAdd={canReceive} />
      {doing === 'return' && <ReturnForm receipt={receipt} onClose={close} />}
      {doing === 'release' && <ReleaseForm receipt={receipt} onClose={close} />}
    </article>
  )
}

export function Proofs({ receipt, canAdd }: { receipt: Pick<Receipt, 'id' | 'proofs'>; canAdd: boolean }) {
  const t = useWords('logistics')
  const { message } = App.useApp()
  const client = useQueryClient()
  const add = async (file: File) => {
    try {
      const photo = await shrinkPhoto(file)
      await upload(receivingApi.addProof, { params: { id: receipt.id }, query: { fileName: photo.name }, file: photo })
      await client.invalidateQueries({ queryKey: ['logistics'] })
    } catch (error) {
      void message.error(errorText(error, t))
    }
  }
  return (
    <div className="lg-photos">
      {receipt.proofs.map((proof) => {
        const address = apiUrl(receivingApi.proof, { params: { id: proof.id } })
        return (
          <a key={proof.id} href={address} target="_blank" rel="noreferrer">
            <img src={address} alt={t('proofOf', { name: proof.name })} loading="lazy" />
          </a>
        )
      })}
      {canAdd && (
        <Upload
          accept="image/*"
          showUploadList={false}
          beforeUpload={(file) => {
            void add(file)
            return false
          }}
        >
          <Button>{t('addProof')}</Button>
        </Upload>
      )}
    </div>
  )
}
