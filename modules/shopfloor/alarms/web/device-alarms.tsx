import { PlusOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { formatDateTimeSeconds } from '#ui/format.ts'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { Loaded, Section } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { conditionText } from '../condition-text.ts'
import type { AlarmRule } from '../contract.ts'
import { PriorityTag, StateTag } from './alarm-words.tsx'
import { alarmQueries } from './queries.ts'
import { RuleEditor } from './rule-editor.tsx'
import './alarms.css'

/** On the page of one's own device: what stands, and what is watched. A partner's alarms are his own. */
export function Component({ deviceId, ownerId }: { deviceId: string; ownerId?: string }) {
  const canRead = useCan('alarms.read')
  if (ownerId !== undefined || !canRead) return null
  return <DeviceAlarms deviceId={deviceId} />
}

function DeviceAlarms({ deviceId }: { deviceId: string }) {
  const t = useWords('alarms')
  const locale = useLocale()
  const query = useQuery({ ...alarmQueries.ofDevice(deviceId), refetchInterval: 15_000 })
  const canManage = useCan('alarms.manage')
  const [edited, setEdited] = useState<AlarmRule | 'new'>()
  const add = canManage && (
    <Button size="small" icon={<PlusOutlined aria-hidden />} onClick={() => setEdited('new')}>
      {t('rule.add')}
    </Button>
  )
  return (
    <Section title={t('menu.console')} extra={add}>
      <Loaded query={query}>
        {({ standing, rules }) => (
          <>
            {standing.map((alarm) => (
              <div key={alarm.id} className="al-device-row">
                <PriorityTag priority={alarm.priority} />
                <Link to={`/alarms/${alarm.id}`}>{nameIn(locale, alarm.name, alarm.nameEn)}</Link>
                <StateTag state={alarm.state} />
                <span className="ls-quiet">{formatDateTimeSeconds(alarm.raisedAt ?? alarm.since)}</span>
              </div>
            ))}
            {rules.length === 0 ? (
              <p className="ls-quiet">{t('rule.none')}</p>
            ) : (
              <>
                <h3>{t('rule.watching')}</h3>
                {rules.map((rule) => (
                  <div key={rule.id} className="al-device-row">
                    <PriorityTag priority={rule.priority} />
                    <span>{nameIn(locale, rule.name, rule.nameEn)}</span>
                    <span className="ls-quiet">
                      {rule.point ? nameIn(locale, rule.point.label, rule.point.labelEn) : rule.pointName}{' '}
                      {conditionText(rule.condition, rule.point, t)}
                    </span>
                    {canManage && (
                      <Button size="small" type="link" onClick={() => setEdited(rule)}>
                        {t('ui:edit')}
                      </Button>
                    )}
                  </div>
                ))}
              </>
            )}
          </>
        )}
      </Loaded>
      {edited && (
        <RuleEditor
          rule={edited === 'new' ? undefined : edited}
          {...(edited === 'new' ? { deviceId } : {})}
          onClose={() => setEdited(undefined)}
        />
      )}
    </Section>
  )
}
