import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from 'react-router'
import { formatDate, formatDateTime, formatMoney, formatText } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { DetailGrid, Loaded, Page, Section, StatusTag } from '#ui/page.tsx'
import { Panels } from '#ui/panels.tsx'
import { financeQueries } from './queries.ts'

/** One payment with the invoices that it pays. */
export function Component() {
  const { id = '' } = useParams()
  const t = useWords('finance')
  return (
    <Loaded query={useQuery(financeQueries.payment(id))}>
      {(payment) => (
        <Page
          title={t('payments.sheet', { number: payment.number })}
          breadcrumbs={[{ label: t(`payments.${payment.side}`), path: `/finance/payments?side=${payment.side}` }]}
          tags={payment.cancelledAt && <StatusTag tone="neutral">{t('payments.cancelled')}</StatusTag>}
        >
          <Section>
            <DetailGrid
              items={[
                { label: t(`payables.partner.${payment.side}`), value: payment.partner.name },
                { label: t('payments.amount'), value: formatMoney(payment.amount) },
                { label: t('payments.day'), value: formatDate(payment.day) },
                { label: t('payments.method'), value: t(`payments.methods.${payment.method}`) },
                { label: t('payments.reference'), value: formatText(payment.reference) },
                {
                  label: t('payments.createdBy'),
                  value: [payment.createdBy, formatDateTime(payment.createdAt)].filter(Boolean).join(' '),
                },
                payment.cancelledAt !== null && { label: t('payments.cancelledAt'), value: formatDateTime(payment.cancelledAt) },
                payment.cancelReason !== null && { label: t('reason'), value: payment.cancelReason, wide: true },
              ]}
            />
          </Section>
          <Section title={t('payments.for')}>
            <DetailGrid
              items={payment.allocations.map((one) => ({
                label: one.invoiceNumber,
                value: <Link to={`/finance/invoices/${one.invoiceId}`}>{formatMoney(one.amount)}</Link>,
              }))}
            />
          </Section>
          <Panels slot="document" props={{ entity: 'finance.payment', recordId: payment.id }} />
        </Page>
      )}
    </Loaded>
  )
}
