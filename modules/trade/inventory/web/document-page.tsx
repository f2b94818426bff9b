import { useQuery } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { Link, useParams } from 'react-router'
import { download, errorText } from '#ui/api.ts'
import { formatDate, formatDateTime, formatText } from '#ui/format.ts'
import { useLocale, useWords } from '#ui/i18n.ts'
import { DetailGrid, Loaded, Page, Section, StatusTag } from '#ui/page.tsx'
import { Panels } from '#ui/panels.tsx'
import { documentApi, type StockDocument } from '../document-contract.ts'
import { inventoryQueries, placeName, quantityText } from './queries.ts'
import './inventory.css'

/** What somebody moved, issued, took back or scrapped. */
export function Component() {
  const { id = '' } = useParams()
  return <Loaded query={useQuery(inventoryQueries.document(id))}>{(document) => <Sheet document={document} />}</Loaded>
}

function Sheet({ document }: { document: StockDocument }) {
  const t = useWords('inventory')
  const { message } = App.useApp()
  const print = () =>
    download(documentApi.printDocument, { params: { id: document.id } }).catch((error: unknown) => message.error(errorText(error, t)))
  return (
    <Page
      title={document.number}
      tags={<StatusTag tone="neutral">{t(`move.kinds.${document.kind}`)}</StatusTag>}
      breadcrumbs={[{ label: t('menu.stock'), path: '/inventory' }]}
      actions={<Button onClick={() => void print()}>{t('print.print')}</Button>}
    >
      <Section>
        <DetailGrid
          items={[
            { label: t('card.day'), value: formatDate(document.day) },
            { label: t('card.by'), value: formatText(document.createdBy) },
            { label: t('card.postedAt'), value: formatDateTime(document.createdAt) },
            document.reason !== '' && { label: t('reason'), value: document.reason, wide: true },
          ]}
        />
      </Section>
      <Section title={t('move.lines')} flush>
        {document.lines.map((line, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines never change
          <Line key={i} line={line} />
        ))}
      </Section>
      <Panels slot="inventory.vouchers" props={{ sourceId: document.id }} />
      <Panels slot="document" props={{ entity: 'inventory.document', recordId: document.id }} />
    </Page>
  )
}

function Line({ line }: { line: StockDocument['lines'][number] }) {
  const t = useWords('inventory')
  const locale = useLocale()
  const told = [line.lot && `${t('lot')} ${line.lot}`, line.serial && `${t('serial')} ${line.serial}`, line.owner].filter(Boolean)
  return (
    <div className="iv-count">
      <div>
        <Link to={`/inventory/items/${line.materialId}`}>{line.name}</Link> <span className="ls-quiet">{line.code}</span>
        <div className="ls-quiet">{told.join(' · ')}</div>
      </div>
      <strong>{quantityText(line.quantity, line.unit, locale)}</strong>
      <span className="ls-quiet">{`${placeName(line.from, t)} → ${placeName(line.to, t)}`}</span>
    </div>
  )
}
