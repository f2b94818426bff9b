import { useQuery } from '@tanstack/react-query'
import { Button, Segmented, Space } from 'antd'
import { useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { call } from '#ui/api.ts'
import { nowMs } from '#ui/clock.ts'
import { type Column, DataTable } from '#ui/data-table.tsx'
import { EMPTY, formatAge, formatDateTimeSeconds } from '#ui/format.ts'
import { nameIn, type PageLocale, useLocale, useWords, type Words } from '#ui/i18n.ts'
import { LiveTag, Page } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { type Alarm, type AlarmView, alarmsApi, Priority } from '../contract.ts'
import { AlarmTabs } from './alarm-tabs.tsx'
import { AlarmValue, FirstOutTag, PriorityTag, StateTag } from './alarm-words.tsx'
import { FloodRows } from './flood-rows.tsx'
import { alarmQueries, useLiveAlarms } from './queries.ts'
import { type Aside, SetAsideForm } from './set-aside-form.tsx'
import { useAcknowledge } from './use-acknowledge.ts'

type Shown = Exclude<AlarmView, 'all'>

/** 告警台: what stands, the most pressing first, as it is now. */
export function Component() {
  const t = useWords('alarms')
  const locale = useLocale()
  const live = useLiveAlarms()
  const [params, setParams] = useSearchParams()
  const view: Shown = params.get('view') === 'quiet' ? 'quiet' : 'standing'
  const { acknowledge, busy } = useAcknowledge()
  const [aside, setAside] = useState<{ action: Aside; alarms: Alarm[]; done: () => void }>()
  const canAcknowledge = useCan('alarms.acknowledge')
  const canSetAside = useCan('alarms.setAside')
  const one = (action: Aside) => (alarm: Alarm) => setAside({ action, alarms: [alarm], done: () => undefined })
  const may = { acknowledge: canAcknowledge ? acknowledge : undefined, aside: canSetAside ? one : undefined, busy }
  return (
    <Page title={t('menu.console')} subtitle={t('consoleHint')} tags={<LiveTag state={live} />}>
      <AlarmTabs>
        <Segmented<Shown>
          aria-label={t('views.label')}
          value={view}
          onChange={(value) => setParams({ view: value })}
          options={(['standing', 'quiet'] as const).map((value) => ({ value, label: t(`views.${value}`) }))}
        />
      </AlarmTabs>
      <Summary />
      {view === 'standing' && <FloodRows busy={busy} acknowledge={may.acknowledge} />}
      <DataTable<Alarm>
        key={view}
        name={`alarms-${view}`}
        label={t(`views.${view}`)}
        columns={columnsOf(t, locale, view, may)}
        rowKey={(alarm) => alarm.id}
        queryKey={['alarms', 'list', view]}
        pageQuery={(query, signal) => call(alarmsApi.list, { query: { ...query, view, folded: folds(view, query) } as never, signal })}
        defaultSort={view === 'standing' ? 'priority' : '-since'}
        searchHint={t('searchHint')}
        filters={[
          { key: 'priority', label: t('priority'), options: Priority.options.map((value) => ({ value, label: t(`priorities.${value}`) })) },
        ]}
        rowHref={(alarm) => `/alarms/${alarm.id}`}
        bulk={(rows, done) => (
          <Bulk
            rows={rows}
            acknowledge={canAcknowledge ? (some) => void acknowledge(some).then(done) : undefined}
            setAside={canSetAside ? (action, alarms) => setAside({ action, alarms, done }) : undefined}
          />
        )}
        empty={{ text: t(`empty.${view}`) }}
      />
      {aside && (
        <SetAsideForm
          action={aside.action}
          alarms={aside.alarms}
          onClose={(done) => {
            if (done) aside.done()
            setAside(undefined)
          }}
        />
      )}
    </Page>
  )
}

/** Whoever looks for something finds it, folded or not. */
const folds = (view: Shown, query: Record<string, unknown>) =>
  view === 'standing' && !query.search && !query.priority ? 'true' : undefined

function Summary() {
  const t = useWords('alarms')
  const { data } = useQuery(alarmQueries.summary)
  if (!data) return null
  return (
    <ul className="al-counts">
      {Priority.options.map((priority) => (
        <li key={priority} className="al-count" data-priority={priority}>
          <PriorityTag priority={priority} />
          <strong>{data.standing[priority]}</strong>
        </li>
      ))}
      <li className="al-count" data-count="unacknowledged">
        {t('states.unacknowledged')}
        <strong>{data.unacknowledged}</strong>
      </li>
      <li className="al-count" data-count="quiet">
        {t('views.quiet')}
        <strong>{data.quiet}</strong>
      </li>
    </ul>
  )
}

const taking = (rows: readonly Alarm[], action: Alarm['may'][number]) => rows.filter((alarm) => alarm.may.includes(action))

function Bulk(props: {
  rows: Alarm[]
  acknowledge: ((alarms: Alarm[]) => void) | undefined
  setAside: ((action: Aside, alarms: Alarm[]) => void) | undefined
}) {
  const t = useWords('alarms')
  const { rows } = props
  const open = taking(rows, 'acknowledge')
  const asides = (['shelve', 'unshelve', 'removeFromService', 'returnToService'] as const).filter(
    (action) => taking(rows, action).length > 0,
  )
  return (
    <Space wrap>
      {props.acknowledge && open.length > 0 && (
        <Button type="primary" onClick={() => props.acknowledge?.(open)}>
          {t('acknowledgeAll', { n: open.length })}
        </Button>
      )}
      {props.setAside &&
        asides.map((action) => (
          <Button key={action} onClick={() => props.setAside?.(action, taking(rows, action))}>
            {t(`actions.${action}`)}
          </Button>
        ))}
    </Space>
  )
}

interface May {
  acknowledge: ReturnType<typeof useAcknowledge>['acknowledge'] | undefined
  aside: ((action: Aside) => (alarm: Alarm) => void) | undefined
  busy: boolean
}

function columnsOf(t: Words, locale: PageLocale, view: Shown, may: May): Column<Alarm>[] {
  const name = (alarm: Alarm) => nameIn(locale, alarm.name, alarm.nameEn)
  const device = (alarm: Alarm) => nameIn(locale, alarm.deviceName, alarm.deviceNameEn)
  return [
    {
      key: 'priority',
      title: t('priority'),
      sort: 'priority',
      width: 92,
      render: (alarm) => <PriorityTag priority={alarm.priority} />,
      text: (alarm) => t(`priorities.${alarm.priority}`),
    },
    {
      key: 'name',
      title: t('alarm'),
      primary: true,
      render: (alarm) => (
        <span className="al-name">
          <Link to={`/alarms/${alarm.id}`}>{name(alarm)}</Link>
          {alarm.firstOut && <FirstOutTag />}
        </span>
      ),
      text: name,
    },
    { key: 'device', title: t('device'), render: device, text: device },
    {
      key: 'state',
      title: t('state'),
      render: (alarm) => <StateTag state={alarm.state} />,
      text: (alarm) => t(`states.${alarm.state}`),
    },
    {
      key: 'value',
      title: t('value'),
      align: 'right',
      render: (alarm) => <AlarmValue value={alarm.value} point={alarm.point} />,
      text: (alarm) => alarm.value,
    },
    view === 'standing'
      ? {
          key: 'raisedAt',
          title: t('raisedAt'),
          sort: 'raisedAt',
          render: (alarm) => (
            <>
              {formatDateTimeSeconds(alarm.raisedAt ?? alarm.since).slice(5)}{' '}
              <span className="ls-quiet">{formatAge(alarm.raisedAt ?? alarm.since, nowMs(), t)}</span>
            </>
          ),
          text: (alarm) => formatDateTimeSeconds(alarm.raisedAt ?? alarm.since),
        }
      : {
          key: 'since',
          title: t('since'),
          sort: 'since',
          render: (alarm) => formatDateTimeSeconds(alarm.since),
          text: (alarm) => formatDateTimeSeconds(alarm.since),
        },
    ...(view === 'quiet'
      ? [
          {
            key: 'until',
            title: t('shelvedUntil'),
            render: (alarm: Alarm) => (alarm.shelvedUntil ? formatDateTimeSeconds(alarm.shelvedUntil) : EMPTY),
            text: (alarm: Alarm) => (alarm.shelvedUntil ? formatDateTimeSeconds(alarm.shelvedUntil) : null),
          },
          { key: 'reason', title: t('reason'), render: (alarm: Alarm) => alarm.reason || EMPTY, text: (alarm: Alarm) => alarm.reason },
        ]
      : [
          {
            key: 'response',
            title: t('guidance'),
            hidden: true,
            render: (alarm: Alarm) => alarm.response || EMPTY,
            text: (alarm: Alarm) => alarm.response,
          },
        ]),
    { key: 'actions', title: '', actions: true, width: 190, render: (alarm) => <RowActions alarm={alarm} may={may} /> },
  ]
}

function RowActions({ alarm, may }: { alarm: Alarm; may: May }) {
  const t = useWords('alarms')
  const answer = (['acknowledge', 'reset'] as const).find((action) => alarm.may.includes(action))
  const aside = (['shelve', 'unshelve', 'returnToService'] as const).filter((action) => alarm.may.includes(action))
  return (
    <Space>
      {answer && may.acknowledge && (
        <Button size="small" type="primary" disabled={may.busy} onClick={() => void may.acknowledge?.([alarm], answer)}>
          {t(`actions.${answer}`)}
        </Button>
      )}
      {may.aside &&
        aside.map((action) => (
          <Button key={action} size="small" onClick={() => may.aside?.(action)(alarm)}>
            {t(`actions.${action}`)}
          </Button>
        ))}
    </Space>
  )
}
