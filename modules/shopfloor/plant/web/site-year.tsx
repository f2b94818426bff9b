import { LeftOutlined, RightOutlined } from '@ant-design/icons'
import { useQueryClient } from '@tanstack/react-query'
import { App, Button, Input, Segmented } from 'antd'
import { useEffect, useMemo, useState } from 'react'
import { call, errorText } from '#ui/api.ts'
import { useUnsavedGuard } from '#ui/form.tsx'
import { type PageLocale, useLocale, useWords } from '#ui/i18n.ts'
import { Section } from '#ui/page.tsx'
import { type Holiday, plantApi, type Site } from '../contract.ts'
import { type DayKind, dayKind } from '../work-calendar.ts'
import { monthsOf } from './year-months.ts'

type Mark = 'holiday' | 'workday' | 'none'

interface Props {
  site: Site
  year: number
  onYear: (year: number) => void
  canManage: boolean
  stale: boolean
}

/** A site's year: rest days by the week, holidays and make-up workdays by its own entries. */
export function SiteYear({ site, year, onYear, canManage, stale }: Props) {
  const t = useWords('plant')
  const [draft, setDraft] = useState<Holiday[]>()
  const entries = useMemo(() => new Map((draft ?? site.holidays).map((h) => [h.date, h])), [draft, site.holidays])
  const workDays = useMemo(() => countWorkDays(year, entries), [year, entries])
  // biome-ignore lint/correctness/useExhaustiveDependencies: another year or another site drops the draft
  useEffect(() => setDraft(undefined), [year, site.id])
  return (
    <Section
      title={t('calendar')}
      extra={
        <>
          <Button
            icon={<LeftOutlined aria-hidden />}
            aria-label={t('yearBefore')}
            disabled={draft !== undefined}
            onClick={() => onYear(year - 1)}
          />
          <strong>{t('year', { year })}</strong>
          <Button
            icon={<RightOutlined aria-hidden />}
            aria-label={t('yearAfter')}
            disabled={draft !== undefined}
            onClick={() => onYear(year + 1)}
          />
          {canManage && draft === undefined && (
            <Button disabled={stale} onClick={() => setDraft(site.holidays)}>
              {t('ui:edit')}
            </Button>
          )}
        </>
      }
    >
      {draft && <Marking site={site} year={year} draft={draft} onChange={setDraft} />}
      <p className="ls-quiet">{t('workDays', { n: workDays })}</p>
      <Legend />
      <YearGrid year={year} entries={entries} onDay={undefined} hidden={draft !== undefined} />
    </Section>
  )
}

function countWorkDays(year: number, entries: ReadonlyMap<string, Holiday>): number {
  return monthsOf(year)
    .flatMap((month) => month.days)
    .filter((date) => ['work', 'makeUpWork'].includes(dayKind(date, entries.get(date)?.kind))).length
}

function Marking({
  site,
  year,
  draft,
  onChange,
}: {
  site: Site
  year: number
  draft: Holiday[]
  onChange: (draft: Holiday[] | undefined) => void
}) {
  const t = useWords('plant')
  const client = useQueryClient()
  const { message } = App.useApp()
  const [mark, setMark] = useState<Mark>('holiday')
  const [name, setName] = useState('')
  const [saving, setSaving] = useState(false)
  useUnsavedGuard(!saving)
  const entries = useMemo(() => new Map(draft.map((h) => [h.date, h])), [draft])
  const put = (date: string) => {
    const rest = draft.filter((h) => h.date !== date)
    const same = entries.get(date)?.kind === mark
    onChange(mark === 'none' || same ? rest : [...rest, { date, kind: mark, name: name.trim() }])
  }
  const save = async () => {
    setSaving(true)
    try {
      const holidays = [...draft].sort((a, b) => a.date.localeCompare(b.date))
      await call(plantApi.setHolidays, { params: { id: site.id }, body: { version: site.version, year, holidays } })
      void message.success(t('ui:saved'))
      onChange(undefined)
    } catch (error) {
      void message.error(errorText(error, t))
    } finally {
      setSaving(false)
      await client.invalidateQueries({ queryKey: ['plant', 'site'] })
    }
  }
  return (
    <>
      <div className="pl-marking">
        <Segmented<Mark>
          value={mark}
          onChange={setMark}
          options={(['holiday', 'workday', 'none'] as const).map((value) => ({ value, label: t(`marks.${value}`) }))}
        />
        <Input
          value={name}
          maxLength={40}
          disabled={mark === 'none'}
          placeholder={t('holidayName')}
          aria-label={t('holidayName')}
          onChange={(event) => setName(event.target.value)}
        />
        <Button onClick={() => onChange(undefined)}>{t('ui:cancel')}</Button>
        <Button type="primary" loading={saving} onClick={() => void save()}>
          {t('ui:save')}
        </Button>
      </div>
      <p className="ls-quiet">{t('markHint')}</p>
      <YearGrid year={year} entries={entries} onDay={put} hidden={false} />
    </>
  )
}

function Legend() {
  const t = useWords('plant')
  return (
    <ul className="pl-legend">
      {(['work', 'rest', 'holiday', 'makeUpWork'] as const).map((kind) => (
        <li key={kind}>
          <span className={`pl-day pl-day-${kind}`} aria-hidden>
            {MARKS[kind]}
          </span>{' '}
          {t(`days.${kind}`)}
        </li>
      ))}
    </ul>
  )
}

/** A day's kind is told by a mark too, not by colour alone. */
const MARKS: Record<DayKind, string> = { work: '', rest: '', holiday: '休', makeUpWork: '班' }

function YearGrid(props: {
  year: number
  entries: ReadonlyMap<string, Holiday>
  onDay: ((date: string) => void) | undefined
  hidden: boolean
}) {
  const locale = useLocale()
  if (props.hidden) return null
  return (
    <div className="pl-year">
      {monthsOf(props.year).map((month) => (
        <table key={month.number}>
          <caption>{monthName(month.number, locale)}</caption>
          <thead>
            <tr>
              {weekdayNames(locale).map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {month.weeks.map((week) => (
              <tr key={week.find(Boolean)}>
                {week.map((date, i) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: the columns of a week are fixed
                  <td key={i}>{date && <Day date={date} entry={props.entries.get(date)} onDay={props.onDay} />}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      ))}
    </div>
  )
}

function Day({ date, entry, onDay }: { date: string; entry: Holiday | undefined; onDay: ((date: string) => void) | undefined }) {
  const t = useWords('plant')
  const kind = dayKind(date, entry?.kind)
  const number = Number(date.slice(8))
  const label = [date, t(`days.${kind}`), entry?.name].filter(Boolean).join(' ')
  const shown = (
    <>
      {number}
      {MARKS[kind] && <small aria-hidden>{MARKS[kind]}</small>}
    </>
  )
  return onDay ? (
    <button
      type="button"
      className={`pl-day pl-day-${kind}`}
      title={label}
      aria-label={label}
      aria-pressed={entry !== undefined}
      onClick={() => onDay(date)}
    >
      {shown}
    </button>
  ) : (
    <span className={`pl-day pl-day-${kind}`} title={label}>
      {shown}
      <span className="ls-sr">{t(`days.${kind}`)}</span>
    </span>
  )
}

const monthName = (month: number, locale: PageLocale) =>
  new Intl.DateTimeFormat(locale, { month: 'long', timeZone: 'UTC' }).format(Date.UTC(2026, month - 1, 1))

/** Monday first. 2026-06-01 was a Monday. */
const weekdayNames = (locale: PageLocale) =>
  Array.from(
    { length: 7 },
    (_, i) =>
      new Intl.DateTimeFormat(locale, { weekday: 'narrow', timeZone: 'UTC' }).format(Date.UTC(2026, 5, 1 + i)) +
      (locale === 'en-US' ? '\u200b'.repeat(i) : ''),
  )
