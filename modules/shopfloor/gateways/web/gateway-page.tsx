import { PlusOutlined } from '@ant-design/icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { useState } from 'react'
import { Link as RouterLink, useParams } from 'react-router'
import { call, errorText } from '#ui/api.ts'
import { useNow } from '#ui/clock.ts'
import { EMPTY, formatAge, formatDateTimeSeconds, formatNumber } from '#ui/format.ts'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { DetailGrid, Loaded, Page, Section, StatusTag } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { type Connection, configurationApi, type Gateway, type Link } from '../configuration-contract.ts'
import type { LinkStatus, UnitStatus, WireStatus } from '../contract.ts'
import { BackfillRateEditor } from './backfill-rate-editor.tsx'
import { BadPoints } from './bad-points.tsx'
import { ConfirmPeer } from './confirm-peer.tsx'
import { EnrolButton } from './enrolment.tsx'
import { GatewayLog } from './gateway-log.tsx'
import { LinkEditor } from './link-editor.tsx'
import { isTooSlow } from './pace.ts'
import { PairSection } from './pair-section.tsx'
import { gatewayQueries, linkTones, stateTones, unitTones } from './queries.ts'
import { useCodeText } from './reason-words.ts'
import { settingsText } from './settings-fields.tsx'
import { WireTrace } from './wire-trace.tsx'
import './gateways.css'

export function Component() {
  const { id = '' } = useParams()
  const query = useQuery(gatewayQueries.gateway(id))
  return <Loaded query={query}>{(gateway) => <GatewayView key={id} gateway={gateway} />}</Loaded>
}

function GatewayView({ gateway }: { gateway: Gateway }) {
  const t = useWords('gateways')
  const locale = useLocale()
  const canManage = useCan('gateways.manage')
  const canCredential = useCan('devices.manageCredentials')
  const [editing, setEditing] = useState<Link | 'new'>()
  return (
    <Page
      title={nameIn(locale, gateway.name, gateway.nameEn)}
      subtitle={gateway.code}
      breadcrumbs={[{ label: t('menu.gateways'), path: '/gateways' }]}
      tags={<StatusTag tone={stateTones[gateway.state]}>{t(`states.${gateway.state}`)}</StatusTag>}
      actions={
        <>
          {canManage && gateway.linkList.length > 0 && (
            <RouterLink to={`/gateways/${gateway.id}/connect`}>
              <Button type="primary" icon={<PlusOutlined aria-hidden />}>
                {t('connectDevice')}
              </Button>
            </RouterLink>
          )}
          {canManage && canCredential && <EnrolButton gateway={gateway} />}
          <RouterLink to={`/devices/${gateway.id}`}>
            <Button>{t('asDevice')}</Button>
          </RouterLink>
        </>
      }
    >
      <Facts gateway={gateway} canManage={canManage} />
      <PairSection gateway={gateway} canManage={canManage} />
      {!gateway.pair?.isStandby && (
        <Section
          title={t('links')}
          extra={
            canManage && (
              <Button icon={<PlusOutlined aria-hidden />} onClick={() => setEditing('new')}>
                {t('addLink')}
              </Button>
            )
          }
        >
          {gateway.linkList.length === 0 && <p className="ls-quiet">{t('noLinks')}</p>}
          {gateway.linkList.map((link) => (
            <LinkCard key={link.id} gateway={gateway} link={link} onEdit={canManage ? () => setEditing(link) : undefined} />
          ))}
        </Section>
      )}
      <GatewayLog gateway={gateway} />
      {editing && (
        <LinkEditor open gatewayId={gateway.id} link={editing === 'new' ? undefined : editing} onClose={() => setEditing(undefined)} />
      )}
    </Page>
  )
}

const MB = 1024 * 1024

function Facts({ gateway, canManage }: { gateway: Gateway; canManage: boolean }) {
  const t = useWords('gateways')
  const now = useNow()
  const { status } = gateway
  const queue = status?.queue
  const applied =
    gateway.appliedRevision === null
      ? EMPTY
      : t(gateway.appliedRevision === gateway.revision ? 'configurationApplied' : 'configurationPending')
  return (
    <Section title={t('state')}>
      {gateway.state === 'never' && <p className="ls-quiet">{t('neverSeen')}</p>}
      <DetailGrid
        items={[
          { label: t('lastSeen'), value: gateway.lastSeenAt && formatAge(gateway.lastSeenAt, now, t) },
          {
            label: t('uplink'),
            value:
              status &&
              (status.uplink.connectedSinceMs === null
                ? t('uplinkDown')
                : t('since', { at: formatDateTimeSeconds(status.uplink.connectedSinceMs) })),
          },
          { label: t('configuration'), value: applied },
          {
            label: t('queue'),
            value:
              queue &&
              t('queueText', {
                batches: formatNumber(queue.batches),
                mb: formatNumber(queue.bytes / MB, null, 1),
                limit: formatNumber(queue.limitBytes / MB, null, 0),
              }),
          },
          { label: t('queueAge'), value: queue && (queue.oldestMs === null ? t('queueEmpty') : formatAge(queue.oldestMs, now, t)) },
          {
            label: t('backfillRate'),
            value: (
              <>
                {t('backfillRateText', { n: formatNumber(gateway.backfillSamplesPerSecond) })}
                {canManage && <BackfillRateEditor gateway={gateway} />}
              </>
            ),
          },
          {
            label: t('dropped'),
            value: queue && (
              <>
                {formatNumber(queue.droppedSamples)} {!queue.onDisk && <StatusTag tone="bad">{t('notOnDisk')}</StatusTag>}
                <div className="ls-quiet">{t('droppedHint')}</div>
              </>
            ),
          },
          { label: t('quarantine'), value: queue?.quarantine && <Quarantined {...queue.quarantine} /> },
          { label: t('clockSkew'), value: status && formatNumber(status.clockSkewMs, 'ms', 0) },
          { label: t('load'), value: status && `${formatNumber(status.cpuPercent, '%', 0)} · ${formatNumber(status.memoryMb, 'MB', 0)}` },
          { label: t('softwareVersion'), value: status?.version },
        ]}
      />
    </Section>
  )
}

function Quarantined({ batches, samples, files, last }: NonNullable<WireStatus['queue']['quarantine']>) {
  const t = useWords('gateways')
  const words = useCodeText()
  if (batches === 0) return t('quarantineEmpty')
  return (
    <>
      <StatusTag tone="warning">{t('quarantineText', { batches: formatNumber(batches), samples: formatNumber(samples) })}</StatusTag>
      {last && (
        <div className="gw-reason">
          {formatDateTimeSeconds(last.atMs)} {t(`quarantineReasons.${last.reason.split('.').at(-1)}`, { defaultValue: words(last.reason) })}
        </div>
      )}
      <div className="ls-quiet">{t('quarantineFiles', { n: formatNumber(files) })}</div>
    </>
  )
}

function LinkCard({ gateway, link, onEdit }: { gateway: Gateway; link: Link; onEdit: (() => void) | undefined }) {
  const t = useWords('gateways')
  const words = useCodeText()
  const { message } = App.useApp()
  const client = useQueryClient()
  const reported = gateway.status?.links.find((one) => one.id === link.id)
  const devices = gateway.connections.filter((connection) => connection.linkId === link.id)
  const remove = () =>
    call(configurationApi.deleteLink, { params: { id: link.id } }).then(
      () => client.invalidateQueries({ queryKey: ['gateways'] }),
      (error: unknown) => void message.error(errorText(error, t)),
    )
  return (
    <article className="gw-link">
      <header>
        <h3>{link.name}</h3>
        <LinkTag link={link} status={reported} online={gateway.linksKnown} />
        <span className="ls-quiet">
          {settingsText(link.connection, link.connection.host === undefined ? ['device'] : ['host', 'port'])}
        </span>
        {reported?.cycle && (
          <span className="ls-quiet">
            {t('cycle', {
              p50: formatNumber(reported.cycle.p50Ms, null, 0),
              p99: formatNumber(reported.cycle.p99Ms, null, 0),
              target: formatNumber(reported.cycle.targetMs, null, 0),
            })}
            {reported.cycle.overruns > 0 && ` · ${t('overruns', { n: formatNumber(reported.cycle.overruns) })}`}
          </span>
        )}
        {reported?.traffic && <RoundTrips traffic={reported.traffic} />}
        {onEdit && (
          <span className="gw-link-actions">
            {reported?.traffic && <WireTrace link={link} />}
            <Button size="small" onClick={onEdit}>
              {t('ui:edit')}
            </Button>
            {devices.length === 0 && (
              <Button size="small" danger onClick={() => void remove()}>
                {t('ui:delete')}
              </Button>
            )}
          </span>
        )}
      </header>
      {reported?.state === 'connected' && reported.cycle && isTooSlow(reported.cycle) && (
        <p className="gw-reason">
          {t('cycleTooLong', {
            p50: formatNumber(reported.cycle.p50Ms, null, 0),
            target: formatNumber(reported.cycle.targetMs, null, 0),
          })}
        </p>
      )}
      {reported?.reason && reported.state === 'failed' && (
        <div className="gw-failure">
          <p className="gw-reason">{words(reported.reason, reported.details)}</p>
          {onEdit && <ConfirmPeer link={link} status={reported} />}
        </div>
      )}
      {devices.length === 0 ? (
        <p className="ls-quiet">{t('noDevices')}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <section className="gw-scroll" tabIndex={0} aria-label={t('devicesOf', { name: link.name })}>
          <table className="gw-table">
            <thead>
              <tr>
                <th scope="col">{t('device')}</th>
                <th scope="col">{t('unit')}</th>
                <th scope="col">{t('pointTable')}</th>
                <th scope="col">{t('state')}</th>
                <th scope="col">{t('points')}</th>
              </tr>
            </thead>
            <tbody>
              {devices.map((device) => (
                <DeviceRow
                  key={device.deviceId}
                  device={device}
                  unit={
                    gateway.linksKnown && reported?.state === 'connected'
                      ? reported.units.find((unit) => unit.device === device.code)
                      : undefined
                  }
                />
              ))}
            </tbody>
          </table>
        </section>
      )}
    </article>
  )
}

export function LinkTag({
  link,
  status,
  online,
}: {
  link: Pick<Link, 'enabled'>
  status: Pick<LinkStatus, 'state' | 'sinceMs'> | null | undefined
  online: boolean
}) {
  const t = useWords('gateways')
  if (!link.enabled) return <StatusTag tone="neutral">{t('linkStates.disabled')}</StatusTag>
  if (!online || !status) return <StatusTag tone="neutral">{t('linkStates.unknown')}</StatusTag>
  return (
    <StatusTag tone={linkTones[status.state]} hint={t('since', { at: formatDateTimeSeconds(status.sinceMs) })}>
      {t(`linkStates.${status.state}`)}
    </StatusTag>
  )
}

function DeviceRow({ device, unit }: { device: Connection; unit: UnitStatus | undefined }) {
  const t = useWords('gateways')
  const locale = useLocale()
  const words = useCodeText()
  return (
    <tr>
      <td>
        <RouterLink to={`/devices/${device.deviceId}`}>{nameIn(locale, device.name, device.nameEn)}</RouterLink>{' '}
        <span className="ls-quiet">{device.code}</span>
      </td>
      <td>{settingsText(device.unit, Object.keys(device.unit))}</td>
      <td>
        <RouterLink to={`/gateways/point-tables/${device.pointTableId}`}>{device.pointTableName}</RouterLink>
      </td>
      <td>
        <UnitTag unit={unit} enabled={device.enabled} />
        {unit?.reason && <div className="gw-reason">{words(unit.reason)}</div>}
        {unit && <BadPoints deviceId={device.deviceId} bad={unit.badAddresses} />}
      </td>
      <td>
        {unit ? t('goodOf', { good: unit.goodPoints, all: unit.goodPoints + unit.badPoints }) : formatNumber(device.points)}
        {unit?.reads?.map((read) => (
          <div key={read.periodMs} className="ls-quiet">
            {t(read.requests === null ? 'readWhole' : 'readPlan', {
              period: formatNumber(read.periodMs / 1_000),
              points: formatNumber(read.points),
              requests: formatNumber(read.requests),
              ms: formatNumber(read.ms),
            })}
          </div>
        ))}
      </td>
    </tr>
  )
}

function RoundTrips({ traffic: { requests, unanswered, roundTrip } }: { traffic: NonNullable<LinkStatus['traffic']> }) {
  const t = useWords('gateways')
  const counted = t('requestsSent', { n: formatNumber(requests), unanswered: formatNumber(unanswered) })
  const trip = roundTrip && t('roundTrip', { p50: formatNumber(roundTrip.p50Ms, null, 1), p99: formatNumber(roundTrip.p99Ms, null, 1) })
  return <span className="ls-quiet">{[trip, counted].filter(Boolean).join(' · ')}</span>
}

export function UnitTag({ unit, enabled }: { unit: Pick<UnitStatus, 'state' | 'sinceMs'> | null | undefined; enabled: boolean }) {
  const t = useWords('gateways')
  if (!enabled) return <StatusTag tone="neutral">{t('unitStates.disabled')}</StatusTag>
  if (!unit) return <StatusTag tone="neutral">{t('unitStates.unknown')}</StatusTag>
  return (
    <StatusTag tone={unitTones[unit.state]} hint={t('since', { at: formatDateTimeSeconds(unit.sinceMs) })}>
      {t(`unitStates.${unit.state}`)}
    </StatusTag>
  )
}
