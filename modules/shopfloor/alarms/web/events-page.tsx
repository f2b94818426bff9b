import { Select } from 'antd'
import { useState } from 'react'
import { useSearchParams } from 'react-router'
import { call, download } from '#ui/api.ts'
import { nowMs } from '#ui/clock.ts'
import { type Column, DataTable } from '#ui/data-table.tsx'
import { DownloadButton } from '#ui/download-button.tsx'
import { EMPTY, formatDateTimeSeconds } from '#ui/format.ts'
import { nameIn, type PageLocale, useLocale, useWords, type Words } from '#ui/i18n.ts'
import { Page, StatusTag } from '#ui/page.tsx'
import { type AlarmEvent, alarmsApi, EventKind, Priority } from '../contract.ts'
import { AlarmTabs } from './alarm-tabs.tsx'
import { AlarmValue, PriorityTag, StateTag } from './alarm-words.tsx'
import { type Span, since, spans } from './spans.ts'

/** 告警历史: everything that happened, by whom. */
export function Component() {
  const t = useWords('alarms')
  const locale = useLocale()
  const [params] = useSearchParams()
  const [span, setSpan] = useState<Span>('week')
  const [from, setFrom] = useState(() => since('week', nowMs()))
  const filter = { kind: params.get('kind') ?? undefined, priority: params.get('priority') ?? undefined, from } as never
  return (
    <Page title={t('menu.console')} subtitle={t('tabs.events')}>
      <AlarmTabs>
        <Select<Span>
          aria-label={t('period')}
          value={span}
          onChange={(value) => {
            setSpan(value)
            setFrom(since(value, nowMs()))
          }}
          options={spans.map((value) => ({ value, label: t(`periods.${value}`) }))}
        />
        <DownloadButton text={t('exportExcel')} fetchFile={() => download(alarmsApi.exportEvents, { query: filter })} />
      </AlarmTabs>
      <DataTable<AlarmEvent>
        name="alarm-events"
        label={t('tabs.events')}
        columns={columnsOf(t, locale)}
        rowKey={(event) => event.id}
        queryKey={['alarms', 'events', from]}
        pageQuery={(query, signal) => call(alarmsApi.events, { query: { ...query, from } as never, signal })}
        defaultSort="-at"
        searchHint={t('searchHint')}
        filters={[
          { key: 'kind', label: t('event'), options: EventKind.options.map((value) => ({ value, label: t(`events.${value}`) })) },
          { key: 'priority', label: t('priority'), options: Priority.options.map((value) => ({ value, label: t(`priorities.${value}`) })) },
        ]}
        rowHref={(event) => `/alarms/${event.alarmId}`}
        empty={{ text: t('empty.events') }}
      />
    </Page>
  )
}

function columnsOf(t: Words, locale: PageLocale): Column<AlarmEvent>[] {
  const name = (event: AlarmEvent) => nameIn(locale, event.name, event.nameEn)
  const device = (event: AlarmEvent) => nameIn(locale, event.deviceName, event.deviceNameEn)
  return [
    {
      key: 'at',
      title: t('export.at').replace(/[（(].*/, ''),
      sort: 'at',
      render: (event) => formatDateTimeSeconds(event.at),
      text: (event) => formatDateTimeSeconds(event.at),
    },
    {
      key: 'event',
      title: t('event'),
      render: (event) => (
        <span className="al-name">
          {t(`events.${event.kind}`)}
          {event.late && (
            <StatusTag tone="neutral" hint={t('lateHint')}>
              {t('late')}
            </StatusTag>
          )}
        </span>
      ),
      text: (event) => t(`events.${event.kind}`),
    },
    {
      key: 'priority',
      title: t('priority'),
      render: (event) => <PriorityTag priority={event.priority} />,
      text: (event) => t(`priorities.${event.priority}`),
    },
    { key: 'name', title: t('alarm'), primary: true, render: name, text: name },
    { key: 'device', title: t('device'), render: device, text: device },
    {
      key: 'value',
      title: t('valueAt'),
      align: 'right',
      render: (event) => <AlarmValue value={event.value} point={event.point} />,
      text: (event) => event.value,
    },
    {
      key: 'state',
      title: t('state'),
      render: (event) => <StateTag state={event.toState} />,
      text: (event) => t(`states.${event.toState}`),
    },
    { key: 'actor', title: t('actor'), render: (event) => event.actor ?? EMPTY, text: (event) => event.actor },
    { key: 'comment', title: t('comment'), render: (event) => event.comment || EMPTY, text: (event) => event.comment },
  ]
}
