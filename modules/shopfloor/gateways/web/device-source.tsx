import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import { call, errorText } from '#ui/api.ts'
import { formatDateTimeSeconds } from '#ui/format.ts'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { DetailGrid, Section, StatusTag } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { configurationApi } from '../configuration-contract.ts'
import { BadPoints } from './bad-points.tsx'
import { ConnectionEditor } from './connection-editor.tsx'
import { LinkTag, UnitTag } from './gateway-page.tsx'
import { gatewayQueries, stateTones } from './queries.ts'
import { useCodeText } from './reason-words.ts'
import { settingsText } from './settings-fields.tsx'
import './gateways.css'

/** On a device's page: where its values come from, and why some do not. A partner's is nobody else's business. */
export function Component({ deviceId, ownerId }: { deviceId: string; ownerId?: string }) {
  const canRead = useCan('gateways.read')
  return ownerId === undefined && canRead ? <Source deviceId={deviceId} /> : null
}

function Source({ deviceId }: { deviceId: string }) {
  const t = useWords('gateways')
  const locale = useLocale()
  const words = useCodeText()
  const canManage = useCan('gateways.manage')
  const client = useQueryClient()
  const { message, modal } = App.useApp()
  const [editing, setEditing] = useState(false)
  const { data } = useQuery(gatewayQueries.connection(deviceId))
  const connection = data?.connection
  if (!connection) return null
  const { gateway, link, linkStatus, unitStatus } = connection
  const online = gateway.state === 'online'
  const reason = !online ? 'gateways.offline' : linkStatus?.state === 'failed' ? linkStatus.reason : unitStatus?.reason
  const disconnect = () =>
    modal.confirm({
      title: t('disconnectTitle'),
      content: t('disconnectText'),
      okText: t('disconnect'),
      okButtonProps: { danger: true },
      onOk: () =>
        call(configurationApi.disconnect, { params: { deviceId: deviceId as DeviceId } }).then(
          () => client.invalidateQueries({ queryKey: ['gateways'] }),
          (error: unknown) => void message.error(errorText(error, t)),
        ),
    })
  return (
    <Section
      title={t('source')}
      extra={
        canManage && (
          <div className="gw-bar">
            <Button onClick={() => setEditing(true)}>{t('editConnection')}</Button>
            <Button onClick={disconnect}>{t('disconnect')}</Button>
          </div>
        )
      }
    >
      {canManage && (
        <ConnectionEditor connection={connection} gatewayId={gateway.id} link={link} open={editing} onClose={() => setEditing(false)} />
      )}
      <DetailGrid
        items={[
          {
            label: t('gateway'),
            value: (
              <>
                <Link to={`/gateways/${gateway.id}`}>{nameIn(locale, gateway.name, gateway.nameEn)}</Link>{' '}
                <StatusTag tone={stateTones[gateway.state]} hint={formatDateTimeSeconds(gateway.lastSeenAt)}>
                  {t(`states.${gateway.state}`)}
                </StatusTag>
              </>
            ),
          },
          {
            label: t('link'),
            value: (
              <>
                {link.name} <LinkTag link={link} status={linkStatus} online={online} />
              </>
            ),
          },
          {
            label: t('unit'),
            value: (
              <>
                {settingsText(connection.unit, Object.keys(connection.unit))}{' '}
                <UnitTag unit={online && linkStatus?.state === 'connected' ? unitStatus : undefined} enabled={connection.enabled} />
              </>
            ),
          },
          {
            label: t('pointTable'),
            value: <Link to={`/gateways/point-tables/${connection.pointTableId}`}>{connection.pointTableName}</Link>,
          },
          {
            label: t('points'),
            value:
              unitStatus && online
                ? t('goodOf', { good: unitStatus.goodPoints, all: unitStatus.goodPoints + unitStatus.badPoints })
                : connection.points,
          },
          reason ? { label: t('reason'), value: words(reason, linkStatus?.details), wide: true } : null,
          online && unitStatus && unitStatus.badPoints > 0 && unitStatus.badAddresses.length > 0
            ? { label: t('badPoints'), value: <BadPoints deviceId={connection.deviceId} bad={unitStatus.badAddresses} />, wide: true }
            : null,
        ]}
      />
    </Section>
  )
}
