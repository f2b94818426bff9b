import { useQuery } from '@tanstack/react-query'
import { Alert, Button, Tooltip } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { Section, StatusTag } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import type { CommandPoint, DeviceCommandPoints } from '../contract.ts'
import { conditionText, limitTexts, valueText } from './command-words.tsx'
import { PointSettings } from './point-settings.tsx'
import { commandQueries } from './queries.ts'
import { WriteForm } from './write-form.tsx'
import './commands.css'

/** On a device's page: what may be written to it. A partner's machine is nobody's to write. */
export function Component({ deviceId, ownerId }: { deviceId: string; ownerId?: string }) {
  const canRead = useCan('commands.read')
  return ownerId === undefined && canRead ? <Writable deviceId={deviceId} /> : null
}

function Writable({ deviceId }: { deviceId: string }) {
  const t = useWords('commands')
  const canManage = useCan('commands.manage')
  const { data } = useQuery(commandQueries.points(deviceId))
  const [setting, setSetting] = useState(false)
  const writable = data?.points.filter((point) => point.setting !== null) ?? []
  const isReachable = data?.points.some(({ unreachable }) => unreachable === null) ?? false
  // Where no point table lets anything be written there is nothing to say.
  if (!data || (writable.length === 0 && !(canManage && isReachable))) return null
  return (
    <Section
      title={t('writeSection')}
      extra={
        <div className="cm-bar">
          <Link to={`/commands?deviceId=${deviceId}`}>
            <Button>{t('history')}</Button>
          </Link>
          {canManage && <Button onClick={() => setSetting(true)}>{t('settings')}</Button>}
        </div>
      }
    >
      {data.site && !data.site.on && writable.length > 0 && (
        <Alert
          type="info"
          showIcon
          className="ls-form-failure"
          title={t('siteOffNote', { site: data.site.name })}
          action={<Link to="/commands/sites">{t('toSites')}</Link>}
        />
      )}
      {writable.length === 0 ? (
        <p className="ls-quiet">{t('none')}</p>
      ) : (
        <WritablePoints deviceId={deviceId} data={data} points={writable} />
      )}
      {setting && <PointSettings deviceId={deviceId} data={data} onClose={() => setSetting(false)} />}
    </Section>
  )
}

function WritablePoints({ deviceId, data, points }: { deviceId: string; data: DeviceCommandPoints; points: CommandPoint[] }) {
  const t = useWords('commands')
  const locale = useLocale()
  const values = useQuery(commandQueries.values(deviceId))
  const [writing, setWriting] = useState<string>()
  const now = new Map(values.data?.points.map(({ point, sample }) => [point.name as string, sample]))
  const nowOf = (name: string) => {
    const sample = now.get(name)
    return sample && sample.quality < 0x80 ? sample.value : null
  }
  const chosen = points.find(({ name }) => name === writing)
  return (
    <>
      <ul className="cm-list">
        {points.map((point) => (
          <li key={point.name} data-write={point.name}>
            <div>
              <b>{nameIn(locale, point.label, point.labelEn)}</b>{' '}
              {!point.parameters && <span className="cm-now">{valueText(t, point, nowOf(point.name))}</span>}
              {point.setting && (
                <div className="ls-quiet">
                  {[
                    ...limitTexts(t, point, point.setting),
                    ...point.setting.interlocks.map(
                      (one) =>
                        `${t('interlock')} ${conditionText(
                          t,
                          locale,
                          one,
                          data.points.find(({ name }) => name === one.point),
                        )}`,
                    ),
                    ...(point.setting.approval ? [t('approvalNeeded')] : []),
                  ].join(' · ')}
                </div>
              )}
            </div>
            <WriteButton point={point} onWrite={() => setWriting(point.name)} />
          </li>
        ))}
      </ul>
      {chosen && <WriteForm deviceId={deviceId} point={chosen} now={nowOf(chosen.name)} onClose={() => setWriting(undefined)} />}
    </>
  )
}

function WriteButton({ point, onWrite }: { point: CommandPoint; onWrite: () => void }) {
  const t = useWords('commands')
  if (point.openCommandId)
    return (
      <Link to={`/commands/${point.openCommandId}`}>
        <StatusTag tone="info">{t('groups.open')}</StatusTag>
      </Link>
    )
  return (
    <Tooltip title={point.obstacle ? t(`errors.${point.obstacle}`) : undefined}>
      <Button type="primary" ghost disabled={point.obstacle !== null} onClick={onWrite}>
        {t(point.parameters ? 'call' : 'write')}
      </Button>
    </Tooltip>
  )
}
