import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { download } from '#ui/api.ts'
import { DownloadButton } from '#ui/download-button.tsx'
import { formatDateTime, formatQuantity } from '#ui/format.ts'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { DetailGrid, Loaded, Page, Section } from '#ui/page.tsx'
import { Panels } from '#ui/panels.tsx'
import { useCan } from '#ui/session.ts'
import { unitName } from '#values/units.ts'
import { type Inspection, qualityApi } from '../contract.ts'
import { DecideForm } from './decide-form.tsx'
import { ResultTag, SeverityTag } from './quality-words.tsx'
import { qualityQueries } from './queries.ts'
import './quality.css'

/** One lot: what came, what was found, what became of it. */
export function Component() {
  const { id = '' } = useParams()
  const query = useQuery(qualityQueries.inspection(id))
  return <Loaded query={query}>{(inspection) => <InspectionPage inspection={inspection} />}</Loaded>
}

function InspectionPage({ inspection }: { inspection: Inspection }) {
  const t = useWords('quality')
  const locale = useLocale()
  const canDecide = useCan('quality.decide')
  const [deciding, setDeciding] = useState(false)
  const unit = unitName(inspection.unit, locale === 'en-US')
  const waiting = inspection.result === null
  return (
    <Page
      title={inspection.number}
      tags={<ResultTag result={inspection.result} />}
      subtitle={t(waiting ? 'next.waiting' : 'next.decided')}
      breadcrumbs={[{ label: t('menu.quality'), path: `/quality?state=${waiting ? 'waiting' : 'decided'}` }]}
      actions={
        waiting ? (
          canDecide && (
            <Button type="primary" onClick={() => setDeciding(true)}>
              {t('decide')}
            </Button>
          )
        ) : (
          <DownloadButton text={t('report')} fetchFile={() => download(qualityApi.report, { params: { id: inspection.id } })} />
        )
      }
    >
      <Section title={t('lotSection')}>
        <DetailGrid
          items={[
            {
              label: t('material'),
              value: (
                <Link to={`/materials/${inspection.materialId}`}>
                  {inspection.materialCode} {inspection.materialName}
                </Link>
              ),
            },
            { label: t('specification'), value: inspection.specification },
            { label: t('lot'), value: inspection.lot ?? inspection.serial },
            { label: t('quantity'), value: formatQuantity(inspection.quantity, unit) },
            { label: t('supplier'), value: nameIn(locale, inspection.supplier.name, inspection.supplier.nameEn) },
            { label: t('order'), value: inspection.orderNumber },
            { label: t('shipment'), value: <Link to={`/logistics/${inspection.shipmentId}`}>{inspection.shipmentNumber}</Link> },
            { label: t('receipt'), value: inspection.receiptNumber },
            { label: t('receivedAt'), value: formatDateTime(inspection.receivedAt) },
          ]}
        />
      </Section>
      {!waiting && <Verdict inspection={inspection} unit={unit} />}
      <Panels slot="document" props={{ entity: 'quality.inspection', recordId: inspection.id }} />
      {deciding && <DecideForm inspection={inspection} onClose={() => setDeciding(false)} />}
    </Page>
  )
}

function Verdict({ inspection, unit }: { inspection: Inspection; unit: string }) {
  const t = useWords('quality')
  const locale = useLocale()
  const { findings, claimNumber, shipmentNumber } = inspection
  return (
    <Section title={t('verdict')}>
      <DetailGrid
        items={[
          { label: t('accepted'), value: formatQuantity(inspection.accepted, unit) },
          { label: t('rejected'), value: formatQuantity(inspection.rejected, unit) },
          { label: t('sampleSize'), value: inspection.sampleSize && formatQuantity(inspection.sampleSize, unit) },
          { label: t('inspector'), value: inspection.inspector },
          { label: t('decidedAt'), value: inspection.decidedAt && formatDateTime(inspection.decidedAt) },
          { label: t('returnNumber'), value: inspection.returnNumber },
          {
            label: t('claimNumber'),
            value: claimNumber && <Link to={`/logistics/claims?side=buyer&search=${shipmentNumber}`}>{claimNumber}</Link>,
          },
          { label: t('remarks'), value: inspection.remarks, wide: true },
        ]}
      />
      {findings.length > 0 && (
        <table className="qa-findings">
          <thead>
            <tr>
              <th>{t('defectCode')}</th>
              <th>{t('defectName')}</th>
              <th>{t('severity')}</th>
              <th className="qa-number">{t('defectQuantity')}</th>
            </tr>
          </thead>
          <tbody>
            {findings.map((one) => (
              <tr key={one.defectId}>
                <td>{one.code}</td>
                <td>{nameIn(locale, one.name, one.nameEn)}</td>
                <td>
                  <SeverityTag severity={one.severity} />
                </td>
                <td className="qa-number">{formatQuantity(one.quantity, unit)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Section>
  )
}
