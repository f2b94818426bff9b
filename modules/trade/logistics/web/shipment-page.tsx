import { useQuery } from '@tanstack/react-query'
import { Alert } from 'antd'
import { useLocation, useParams } from 'react-router'
import { formatDateTime } from '#ui/format.ts'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { DetailGrid, Loaded, Page, Section } from '#ui/page.tsx'
import { Panels } from '#ui/panels.tsx'
import { unitName } from '#values/units.ts'
import type { Shipment } from '../contract.ts'
import { AppointmentSection } from './appointment-section.tsx'
import { logisticsQueries } from './queries.ts'
import { ReceiptsSection } from './receipts-section.tsx'
import { ReturningSection } from './returning-section.tsx'
import { ShipmentActions } from './shipment-actions.tsx'
import { appointmentText, ConsignedTag, numberText, ShipmentStateTag, TimeText } from './shipment-words.tsx'
import { TransitSection } from './transit-section.tsx'
import './logistics.css'

/** One shipping notice: what comes, how it is packed, when, and what was received of it. */
export function Component() {
  const { id = '' } = useParams()
  const query = useQuery(logisticsQueries.shipment(id))
  return <Loaded query={query}>{(shipment) => <ShipmentPage shipment={shipment} />}</Loaded>
}

function ShipmentPage({ shipment }: { shipment: Shipment }) {
  const t = useWords('logistics')
  const locale = useLocale()
  const { failure } = (useLocation().state ?? {}) as { failure?: string }
  const draft = shipment.state === 'draft'
  const name = (party: Shipment['buyer']) => nameIn(locale, party.name, party.nameEn)
  return (
    <Page
      title={numberText(shipment, t)}
      tags={<ShipmentStateTag state={shipment.state} />}
      subtitle={t(`next.${shipment.state}`)}
      breadcrumbs={[{ label: t('menu.list'), path: `/logistics?side=${shipment.side}` }]}
      actions={<ShipmentActions shipment={shipment} />}
    >
      {failure && <Alert type="error" showIcon closable title={t('issueFailed', { reason: failure })} style={{ marginBottom: 16 }} />}
      {shipment.madeBy === 'buyer' && (
        <Alert
          type="warning"
          showIcon
          title={t('madeAtGate')}
          description={t(`madeAtGateHints.${shipment.side}`)}
          style={{ marginBottom: 16 }}
        />
      )}
      <Section title={t('overview')}>
        <DetailGrid
          items={[
            { label: t('buyer'), value: name(shipment.buyer) },
            { label: t('supplier'), value: name(shipment.supplier) },
            { label: t('deliverTo'), value: shipment.deliverTo },
            { label: t('departure'), value: shipment.departure ? <TimeText time={shipment.departure} /> : t('noNotice') },
            { label: t('arrival'), value: <TimeText time={shipment.arrival} /> },
            { label: t('appointment'), value: shipment.appointment ? appointmentText(shipment.appointment) : t('noAppointment') },
            { label: t('carrier'), value: shipment.carrier },
            { label: t('vehicle'), value: shipment.vehicle },
            { label: t('driver'), value: [shipment.driverName, shipment.driverPhone].filter(Boolean).join(' ') },
            shipment.madeBy === 'supplier' && { label: t('issuedAt'), value: shipment.issuedAt && formatDateTime(shipment.issuedAt) },
            { label: t('containers'), value: shipment.containers.map((one) => `${one.name} × ${one.count}`).join('、') },
            { label: t('note'), value: shipment.note, wide: true },
          ]}
        />
      </Section>
      <Section title={t('lines')} flush>
        <Lines shipment={shipment} />
      </Section>
      <Packs shipment={shipment} />
      <AppointmentSection shipment={shipment} />
      {!draft && shipment.side === 'supplier' && <TransitSection shipment={shipment} />}
      {!draft && <ReceiptsSection shipment={shipment} />}
      {!draft && <ReturningSection shipment={shipment} />}
      {!draft && <Panels slot="document" props={{ entity: 'logistics.shipment', recordId: shipment.id }} />}
    </Page>
  )
}

function Lines({ shipment }: { shipment: Shipment }) {
  const t = useWords('logistics')
  const locale = useLocale()
  const received = ['receiving', 'received', 'short'].includes(shipment.state)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="lg-table" tabIndex={0} aria-label={t('lines')}>
      <table>
        <thead>
          <tr>
            {['no', 'order', 'material', 'materialName'].map((key) => (
              <th key={key}>{t(`print.${key}`)}</th>
            ))}
            <th className="lg-number">{t('quantity')}</th>
            {received &&
              ['accepted', 'rejected', 'excess', 'missing'].map((key) => (
                <th key={key} className="lg-number">
                  {t(`counts.${key}`)}
                </th>
              ))}
            <th>{t('agreedDay')}</th>
          </tr>
        </thead>
        <tbody>
          {shipment.lines.map((line) => (
            <tr key={line.id}>
              <td>{line.lineNo}</td>
              <td>
                {line.orderNumber} #{line.orderLineNo} <ConsignedTag line={line} />
              </td>
              <td>
                {line.materialCode}
                {line.supplierCode && <div className="ls-quiet">{line.supplierCode}</div>}
              </td>
              <td className="lg-long">
                {line.materialName} <span className="ls-quiet">{line.specification}</span>
              </td>
              <td className="lg-number">
                {line.quantity} {unitName(line.unit, locale === 'en-US')}
              </td>
              {received && (
                <>
                  <td className="lg-number">{line.accepted}</td>
                  <td className="lg-number">{line.rejected}</td>
                  <td className="lg-number">{line.excess}</td>
                  <td className="lg-number">{line.missing}</td>
                </>
              )}
              <td>{line.agreedDay}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

const SHOWN = 60

function Packs({ shipment }: { shipment: Shipment }) {
  const t = useWords('logistics')
  const locale = useLocale()
  if (shipment.packs.length === 0 && shipment.loose.length === 0) return null
  const lineOf = (no: number) => shipment.lines.find((line) => line.lineNo === no)
  const contentText = (content: Shipment['loose'][number]) => {
    const line = lineOf(content.lineNo)
    const more = [
      content.lot && `${t('lot')} ${content.lot}`,
      content.serial && `SN ${content.serial}`,
      content.producedOn && `${t('producedOn')} ${content.producedOn}`,
      content.expiresOn && `${t('expiresOn')} ${content.expiresOn}`,
    ].filter(Boolean)
    return `${line?.materialCode ?? ''} ${content.quantity} ${unitName(line?.unit ?? '', locale === 'en-US')} ${more.join(' · ')}`
  }
  return (
    <Section title={t('packing')} extra={<span className="ls-quiet">{t('packsOf', { n: shipment.packs.length })}</span>}>
      <ul className="lg-packs">
        {shipment.packs.slice(0, SHOWN).map((pack) => (
          <li key={pack.id}>
            <div>
              {t(`packKinds.${pack.kind}`)} {pack.packNo}
              {pack.withinNo !== null && <span className="ls-quiet"> · {t('within', { no: pack.withinNo })}</span>}
            </div>
            {pack.sscc && <div className="lg-code">{pack.sscc}</div>}
            {pack.contents.map((content, i) => (
              <div key={`${content.lineNo} ${content.serial ?? i}`}>{contentText(content)}</div>
            ))}
          </li>
        ))}
        {shipment.loose.slice(0, SHOWN).map((content, i) => (
          <li key={`loose ${content.lineNo} ${content.serial ?? i}`}>
            <div>{t('loose')}</div>
            <div>{contentText(content)}</div>
          </li>
        ))}
      </ul>
      {shipment.packs.length > SHOWN && <p className="ls-quiet">{t('morePacks', { n: shipment.packs.length - SHOWN })}</p>}
    </Section>
  )
}
