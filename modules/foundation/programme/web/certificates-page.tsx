import { Select } from 'antd'
import { useSearchParams } from 'react-router'
import { call } from '#ui/api.ts'
import { type Column, DataTable } from '#ui/data-table.tsx'
import { formatDate, formatText } from '#ui/format.ts'
import { useWords, type Words } from '#ui/i18n.ts'
import { Page } from '#ui/page.tsx'
import { type Certificate, programmeApi } from '../contract.ts'
import { ValidityTag } from './partner-words.tsx'

const CHOICES = [7, 30, 60, 180]

/** Licences and certificates of the whole programme by the day on which they end. */
export function Component() {
  const t = useWords('programme')
  const [params, setParams] = useSearchParams()
  const within = params.get('within') ?? ''
  const choose = (value: string) =>
    setParams(
      (now) => {
        const next = new URLSearchParams(now)
        if (value) next.set('within', value)
        else next.delete('within')
        return next
      },
      { replace: true },
    )
  return (
    <Page
      title={t('certificates.listTitle')}
      subtitle={t('certificates.listSubtitle')}
      breadcrumbs={[{ label: t('name'), path: '/programme' }]}
    >
      <DataTable<Certificate>
        name="programme-certificates"
        label={t('certificates.listTitle')}
        columns={columnsOf(t)}
        rowKey={(certificate) => certificate.id}
        queryKey={['programme', 'certificates', within]}
        pageQuery={(query, signal) =>
          call(programmeApi.certificates, { query: { ...query, ...(within ? { within: Number(within) } : {}) } as never, signal })
        }
        defaultSort="validUntil"
        searchHint={t('certificates.search')}
        rowHref={(certificate) => `/programme/partners/${certificate.partnerId}`}
        actions={
          <Select
            aria-label={t('certificates.within')}
            value={within}
            onChange={choose}
            popupMatchSelectWidth={false}
            options={[
              { value: '', label: t('certificates.all') },
              ...CHOICES.map((n) => ({ value: String(n), label: t('certificates.withinDays', { n }) })),
            ]}
          />
        }
        empty={{ text: t('certificates.listEmpty') }}
      />
    </Page>
  )
}

function columnsOf(t: Words): Column<Certificate>[] {
  return [
    { key: 'partner', title: t('partnerName'), render: (c) => c.partnerName, text: (c) => c.partnerName },
    {
      key: 'kind',
      title: t('certificates.kind'),
      render: (c) => t(`certificates.kinds.${c.kind}`),
      text: (c) => t(`certificates.kinds.${c.kind}`),
    },
    { key: 'number', title: t('certificates.number'), render: (c) => c.number, text: (c) => c.number },
    {
      key: 'validUntil',
      title: t('certificates.validUntil'),
      sort: 'validUntil',
      render: (c) => <ValidityTag certificate={c} />,
      text: (c) => c.validUntil ?? t('certificates.validity.unlimited'),
    },
    {
      key: 'addedAt',
      title: t('certificates.addedAt'),
      hidden: true,
      render: (c) => formatDate(c.addedAt),
      text: (c) => formatText(c.addedAt),
    },
  ]
}
