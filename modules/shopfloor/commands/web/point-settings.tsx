import { useQueryClient } from '@tanstack/react-query'
import { App, Button, Drawer } from 'antd'
import { useState } from 'react'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import { call, errorText } from '#ui/api.ts'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { StatusTag } from '#ui/page.tsx'
import { type CommandPoint, commandsApi, type DeviceCommandPoints } from '../contract.ts'
import { limitTexts } from './command-words.tsx'
import { SettingForm } from './setting-form.tsx'

/** Which points of a device may be written. */
export function PointSettings({ deviceId, data, onClose }: { deviceId: string; data: DeviceCommandPoints; onClose: () => void }) {
  const t = useWords('commands')
  const locale = useLocale()
  const client = useQueryClient()
  const { message, modal } = App.useApp()
  const [editing, setEditing] = useState<string>()
  const chosen = data.points.find(({ name }) => name === editing)
  // What can be written first, then the rest with its reason.
  const points = [...data.points].sort((a, b) => Number(a.unreachable !== null) - Number(b.unreachable !== null))
  const forbid = (point: CommandPoint, label: string) =>
    modal.confirm({
      title: t('forbidTitle', { point: label }),
      content: t('forbidText'),
      okText: t('forbid'),
      okButtonProps: { danger: true },
      onOk: () =>
        call(commandsApi.forbid, { params: { deviceId: deviceId as DeviceId, name: point.name } }).then(
          async () => {
            await client.invalidateQueries({ queryKey: ['commands'] })
            void message.success(t('forbidden'))
          },
          (error: unknown) => void message.error(errorText(error, t)),
        ),
    })
  return (
    <Drawer open title={t('settingsTitle')} size={560} styles={{ wrapper: { maxWidth: '100vw' } }} onClose={onClose}>
      <p className="ls-quiet">{t('settingsHint')}</p>
      <ul className="cm-list">
        {points.map((point) => {
          const label = nameIn(locale, point.label, point.labelEn)
          return (
            <li key={point.name} data-setting={point.name}>
              <div>
                <b>{label}</b>{' '}
                <StatusTag tone={point.setting ? 'good' : 'neutral'}>{t(point.setting ? 'allowed' : 'notAllowed')}</StatusTag>
                <div className="ls-quiet">
                  {point.unreachable ? t(`errors.${point.unreachable}`) : point.setting && limitTexts(t, point, point.setting).join(' · ')}
                </div>
              </div>
              {(point.unreachable === null || point.setting) && (
                <div className="cm-bar">
                  {point.setting && (
                    <Button danger onClick={() => forbid(point, label)}>
                      {t('forbid')}
                    </Button>
                  )}
                  <Button onClick={() => setEditing(point.name)}>{t(point.setting ? 'change' : 'allow')}</Button>
                </div>
              )}
            </li>
          )
        })}
      </ul>
      {chosen && <SettingForm deviceId={deviceId} point={chosen} points={data.points} onClose={() => setEditing(undefined)} />}
    </Drawer>
  )
}
