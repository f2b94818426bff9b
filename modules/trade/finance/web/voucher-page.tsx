import { useQuery } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { Link, useParams } from 'react-router'
import { download, errorText } from '#ui/api.ts'
import { formatDate, formatDateTime, formatText } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { DetailGrid, Loaded, Page, Section, StatusTag } from '#ui/page.tsx'
import { Panels } from '#ui/panels.tsx'
import { ledgerApi, type Voucher } from '../ledger-contract.ts'
import { Amount, voucherWord } from './money-text.tsx'
import { financeQueries } from './queries.ts'
import './finance.css'

export function Component() {
  const { id = '' } = useParams()
  return <Loaded query={useQuery(financeQueries.voucher(id))}>{(voucher) => <VoucherSheet voucher={voucher} />}</Loaded>
}

/** The form that accountants know: summary, account, debit, credit; sums below. */
function VoucherSheet({ voucher }: { voucher: Voucher }) {
  const t = useWords('finance')
  const { message } = App.useApp()
  const print = () =>
    download(ledgerApi.printVoucher, { params: { id: voucher.id } }).catch((error: unknown) => message.error(errorText(error, t)))
  return (
    <Page
      title={t('vouchers.sheet', { word: voucherWord(voucher.number) })}
      tags={voucher.reversed ? <StatusTag tone="warning">{t('vouchers.reversed')}</StatusTag> : undefined}
      breadcrumbs={[{ label: t('vouchers.title'), path: '/finance/vouchers' }]}
      actions={
        <Button className="fin-no-print" onClick={() => void print()}>
          {t('print')}
        </Button>
      }
    >
      <Section>
        <DetailGrid
          items={[
            { label: t('vouchers.day'), value: formatDate(voucher.day) },
            { label: t('vouchers.number'), value: voucher.number },
            { label: t('vouchers.kind'), value: t(`kinds.${voucher.kind}`) },
            { label: t('vouchers.source'), value: <Source voucher={voucher} /> },
            voucher.sourceDay !== null &&
              voucher.sourceDay !== voucher.day && { label: t('vouchers.sourceDay'), value: formatDate(voucher.sourceDay) },
            { label: t('vouchers.postedBy'), value: `${formatText(voucher.postedBy)} ${formatDateTime(voucher.postedAt)}` },
            voucher.reverses && { label: t('vouchers.reverses'), value: <VoucherLink to={voucher.reverses} /> },
            voucher.reversedBy && { label: t('vouchers.reversedBy'), value: <VoucherLink to={voucher.reversedBy} /> },
          ]}
        />
      </Section>
      <Section title={t('vouchers.lines')} flush>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
        <div className="fin-scroll" tabIndex={0}>
          <table className="fin-voucher" aria-label={t('vouchers.lines')}>
            <thead>
              <tr>
                <th scope="col">{t('vouchers.summary')}</th>
                <th scope="col">{t('vouchers.account')}</th>
                <th scope="col" className="fin-right">
                  {t('vouchers.debit')}
                </th>
                <th scope="col" className="fin-right">
                  {t('vouchers.credit')}
                </th>
              </tr>
            </thead>
            <tbody>
              {voucher.lines.map((line) => (
                <tr key={line.lineNo}>
                  <td>{line.summary}</td>
                  <td>
                    {line.accountCode} {line.accountName}
                    {line.partner && <div className="ls-quiet">{line.partner}</div>}
                  </td>
                  <td className="fin-right">{line.debit && <Amount money={line.debit} />}</td>
                  <td className="fin-right">{line.credit && <Amount money={line.credit} />}</td>
                </tr>
              ))}
            </tbody>
            <tfoot>
              <tr>
                <td colSpan={2}>{t('vouchers.sum')}</td>
                <td className="fin-right">
                  <Amount money={voucher.total} sign />
                </td>
                <td className="fin-right">
                  <Amount money={voucher.total} sign />
                </td>
              </tr>
            </tfoot>
          </table>
        </div>
      </Section>
      <Panels slot="document" props={{ entity: 'finance.voucher', recordId: voucher.id }} />
    </Page>
  )
}

const pageOf: Record<string, string> = {
  'inventory.document': '/inventory/documents',
  'inventory.stocktake': '/inventory/stocktakes',
  'finance.invoice': '/finance/invoices',
  'finance.payment': '/finance/payments',
}

/** What it was posted for; those that have a page of their own lead there. */
function Source({ voucher: { source, sourceNumber } }: { voucher: Voucher }) {
  const page = source && pageOf[source.entity]
  return page ? <Link to={`${page}/${source.id}`}>{formatText(sourceNumber)}</Link> : formatText(sourceNumber)
}

const VoucherLink = ({ to }: { to: { id: string; number: string } }) => (
  <Link to={`/finance/vouchers/${to.id}`}>{voucherWord(to.number)}</Link>
)
