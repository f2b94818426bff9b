import { useQuery } from '@tanstack/react-query'
import { Alert } from 'antd'
import { useParams, useSearchParams } from 'react-router'
import { formatDateTime } from '#ui/format.ts'
import { useLocale, useWords } from '#ui/i18n.ts'
import { DetailGrid, ErrorBoundary, Loaded, Page, Section, StatusTag, Timeline } from '#ui/page.tsx'
import { Panels } from '#ui/panels.tsx'
import { useSession } from '#ui/session.ts'
import type { Device } from '../contract.ts'
import { ConnectSection } from './connect-help.tsx'
import { DeviceActions } from './device-actions.tsx'
import { DeviceAttachments } from './device-attachments.tsx'
import { DevicePoints } from './device-points.tsx'
import { contentUrl, deviceName, deviceQueries, placeText, statusTones, typeName } from './queries.ts'
import './devices.css'

export function Component() {
  const { id = '' } = useParams()
  const [params] = useSearchParams()
  const session = useSession()
  const owner = params.get('owner')
  const foreign = owner && owner !== session.organisation.id ? owner : null
  const query = useQuery(deviceQueries.device(id, foreign))
  return (
    <Loaded query={query}>
      {(device) => (device.own ? <OwnDevice key={id} device={device} own={device.own} /> : <PartnerMachine key={id} device={device} />)}
    </Loaded>
  )
}

/** A partner's machine: its name and type, and its values as far as they are shared. */
function PartnerMachine({ device }: { device: Device }) {
  const t = useWords('devices')
  const locale = useLocale()
  const partners = useQuery(deviceQueries.partners)
  const partner = partners.data?.items.find((p) => p.partnerId === device.ownerId)
  const owner = partner && deviceName({ name: partner.partnerName, nameEn: partner.partnerNameEn }, locale)
  return (
    <Page
      title={deviceName(device, locale)}
      subtitle={typeName(device, locale)}
      breadcrumbs={[
        { label: t('menu.devices'), path: '/devices' },
        { label: owner ?? t('partnerMachines'), path: `/devices?owner=${device.ownerId}` },
      ]}
      tags={<StatusTag tone="info">{t('partnerMachine')}</StatusTag>}
    >
      <Section>
        <DetailGrid
          items={[
            { label: t('deviceName'), value: deviceName(device, locale) },
            { label: t('type'), value: typeName(device, locale) },
            { label: t('ownedBy'), value: owner },
          ]}
        />
      </Section>
      <ErrorBoundary>
        <Panels slot="device" props={{ deviceId: device.id, ownerId: device.ownerId }} />
      </ErrorBoundary>
    </Page>
  )
}

type Own = NonNullable<Device['own']>

function OwnDevice({ device, own }: { device: Device; own: Own }) {
  const t = useWords('devices')
  const locale = useLocale()
  const points = useQuery(deviceQueries.points(device.id))
  return (
    <Page
      title={deviceName(device, locale)}
      subtitle={`${own.code} · ${typeName(device, locale)}`}
      breadcrumbs={[{ label: t('menu.devices'), path: '/devices' }]}
      tags={
        <StatusTag tone={statusTones[own.status]} hint={t(`statusHints.${own.status}`)}>
          {t(`statuses.${own.status}`)}
        </StatusTag>
      }
      actions={<DeviceActions device={device} own={own} />}
    >
      <Head device={device} own={own} />
      <ErrorBoundary>
        <Panels slot="device" props={{ deviceId: device.id }} />
      </ErrorBoundary>
      <DevicePoints device={device} own={own} points={points} />
      <DeviceAttachments id={device.id} />
      <ConnectSection id={device.id} own={own} points={points.data?.points ?? []} />
      <ErrorBoundary>
        <Panels slot="record" props={{ entity: 'devices.device', recordId: device.id }} />
      </ErrorBoundary>
      <Placements own={own} />
    </Page>
  )
}

function Head({ device, own }: { device: Device; own: Own }) {
  const t = useWords('devices')
  const locale = useLocale()
  return (
    <Section>
      {own.status === 'planned' && <Alert type="info" showIcon className="ls-form-failure" title={t('plannedNote')} />}
      {own.mainPhotoId && (
        <img
          src={contentUrl(device.id, own.mainPhotoId)}
          alt={t('attachments.photoOf', { name: deviceName(device, locale) })}
          className="dv-main-photo"
        />
      )}
      <DetailGrid
        items={[
          { label: t('place'), value: placeText(own.place, locale), wide: (own.place?.path.length ?? 0) > 3 },
          { label: t('type'), value: t('modelVersionOf', { name: typeName(device, locale), n: own.modelVersion }) },
          { label: t('code'), value: own.code },
          { label: t('maker'), value: own.maker },
          { label: t('model'), value: own.model },
          { label: t('serial'), value: own.serial },
          { label: t('createdAt'), value: formatDateTime(own.createdAt) },
          own.retiredAt !== null && { label: t('retiredAt'), value: formatDateTime(own.retiredAt) },
          {
            label: t('sharedWith'),
            value:
              own.sharedWith.length > 0 ? [...new Set(own.sharedWith.map((p) => deviceName(p, locale)))].join('、') : t('sharedWithNobody'),
            wide: own.sharedWith.length > 2,
          },
          own.note !== '' && { label: t('note'), value: own.note, wide: true },
        ]}
      />
    </Section>
  )
}

function Placements({ own }: { own: Own }) {
  const t = useWords('devices')
  const locale = useLocale()
  return (
    <Section title={t('placements')}>
      {own.placements.length === 0 ? (
        <p className="ls-quiet">{t('neverPlaced')}</p>
      ) : (
        <Timeline
          entries={own.placements.map((p) => ({
            key: p.from,
            at: p.from,
            title: placeText(p, locale),
            tone: p.until === null ? 'good' : 'neutral',
            text: p.until === null ? t('standsHere') : t('stoodUntil', { at: formatDateTime(p.until) }),
          }))}
        />
      )}
    </Section>
  )
}
