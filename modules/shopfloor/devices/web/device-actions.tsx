import { DownOutlined, QrcodeOutlined, ShareAltOutlined } from '@ant-design/icons'
import { Button, Dropdown } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { useWords } from '#ui/i18n.ts'
import { useCan } from '#ui/session.ts'
import type { Device } from '../contract.ts'
import { EditDevice, ExchangeDevice, PlaceDevice, RetireDevice, TakeModel } from './device-forms.tsx'

type Doing = 'edit' | 'place' | 'exchange' | 'model' | 'retire'

export function DeviceActions({ device, own }: { device: Device; own: NonNullable<Device['own']> }) {
  const t = useWords('devices')
  const canManage = useCan('devices.manage')
  const canShare = useCan('sharing.manage')
  const canAudit = useCan('security.readAudit')
  const [doing, setDoing] = useState<Doing>()
  const close = () => setDoing(undefined)
  const retired = own.status === 'retired'
  const items = [
    { key: 'place', label: t('placeDevice'), disabled: retired },
    { key: 'exchange', label: t('exchange') },
    ...(own.newerModelId ? [{ key: 'model', label: t('takeModel'), disabled: retired }] : []),
    { type: 'divider' as const },
    { key: 'retire', label: t('retire'), danger: true, disabled: retired },
  ]
  return (
    <>
      {canAudit && (
        <Link to={`/security/audit?entityId=${device.id}`}>
          <Button>{t('changeLog')}</Button>
        </Link>
      )}
      {canShare && !retired && (
        <Link to={`/sharing/new?items=${encodeURIComponent(`${device.id}~${device.name}`)}&dataSet=telemetry.values`}>
          <Button icon={<ShareAltOutlined aria-hidden />}>{t('share')}</Button>
        </Link>
      )}
      <Link to={`/devices/labels?ids=${device.id}`}>
        <Button icon={<QrcodeOutlined aria-hidden />}>{t('labels.open')}</Button>
      </Link>
      {canManage && (
        <>
          <Dropdown menu={{ items, onClick: ({ key }) => setDoing(key as Doing) }} trigger={['click']}>
            <Button>
              {t('more')} <DownOutlined aria-hidden />
            </Button>
          </Dropdown>
          <Button type="primary" disabled={retired} title={retired ? t('errors.retired') : ''} onClick={() => setDoing('edit')}>
            {t('ui:edit')}
          </Button>
          {doing === 'edit' && <EditDevice device={device} own={own} open onClose={close} />}
          {doing === 'place' && <PlaceDevice device={device} own={own} open onClose={close} />}
          {doing === 'exchange' && <ExchangeDevice device={device} own={own} open onClose={close} />}
          {doing === 'model' && <TakeModel device={device} own={own} open onClose={close} />}
          {doing === 'retire' && <RetireDevice device={device} own={own} open onClose={close} />}
        </>
      )}
    </>
  )
}
