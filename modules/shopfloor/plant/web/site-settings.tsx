import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, DatePicker, Form, Select, TimePicker } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useState } from 'react'
import { call } from '#ui/api.ts'
import { nowMs } from '#ui/clock.ts'
import { EditDrawer } from '#ui/form.tsx'
import { useLocale, useWords } from '#ui/i18n.ts'
import { DetailGrid, Loaded, Section } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { type PlantNodeId, plantApi, type Site } from '../contract.ts'
import { minuteOf, minuteText, timeOf, zoneText } from './minute-of-day.ts'
import { timeZones } from './node-forms.tsx'
import { plantQueries } from './queries.ts'
import { SiteNetworks } from './site-networks.tsx'
import { Shifts } from './site-shifts.tsx'
import { SiteYear } from './site-year.tsx'

/** How a site counts its days: zone, day start, shifts and the calendar of a year. */
export function SiteSettings({ siteId, readOnly }: { siteId: PlantNodeId; readOnly: boolean }) {
  const canManage = useCan('plant.manage') && !readOnly
  const [year, setYear] = useState(() => new Date(nowMs()).getFullYear())
  const query = useQuery(plantQueries.site(siteId, year))
  return (
    <Loaded query={query}>
      {(site) => (
        <>
          <DaySection site={site} canManage={canManage} />
          <Shifts site={site} canManage={canManage} />
          <SiteNetworks site={site} readOnly={readOnly} />
          <SiteYear site={site} year={year} onYear={setYear} canManage={canManage} stale={query.isPlaceholderData} />
        </>
      )}
    </Loaded>
  )
}

/** A day start that was set with the site holds from the first date there can be values of. */
const EVER = '2000-01-01'

function DaySection({ site, canManage }: { site: Site; canManage: boolean }) {
  const t = useWords('plant')
  const locale = useLocale()
  const [editing, setEditing] = useState(false)
  return (
    <Section title={t('productionDay')} extra={canManage && <Button onClick={() => setEditing(true)}>{t('ui:edit')}</Button>}>
      <DetailGrid
        items={[
          { label: t('timeZone'), value: zoneText(site.timeZone, locale) },
          {
            label: t('dayStarts'),
            wide: true,
            value: (
              <ul className="pl-plain">
                {site.dayStarts.length === 0 && <li>{t('dayStartMidnight')}</li>}
                {site.dayStarts.map((entry) => (
                  <li key={entry.from}>
                    {t(entry.from <= EVER ? 'dayStartAlways' : 'dayStartFrom', { from: entry.from, time: minuteText(entry.minuteOfDay) })}
                  </li>
                ))}
              </ul>
            ),
          },
        ]}
      />
      {editing && <EditDays site={site} open onClose={() => setEditing(false)} />}
    </Section>
  )
}

interface DayValues {
  timeZone: string
  dayStarts?: { from: Dayjs; time: Dayjs }[]
}

function EditDays({ site, open, onClose }: { site: Site; open: boolean; onClose: () => void }) {
  const t = useWords('plant')
  const client = useQueryClient()
  const refresh = () => client.invalidateQueries({ queryKey: ['plant', 'site'] })
  return (
    <EditDrawer<DayValues>
      open={open}
      title={t('productionDay')}
      initialValues={{
        timeZone: site.timeZone,
        dayStarts: site.dayStarts.map((entry) => ({ from: dayjs(entry.from), time: timeOf(entry.minuteOfDay) })),
      }}
      onClose={onClose}
      onReload={() => void refresh()}
      onSubmit={async ({ timeZone, dayStarts = [] }) => {
        const entries = dayStarts.map(({ from, time }) => ({ from: from.format('YYYY-MM-DD'), minuteOfDay: minuteOf(time) }))
        await call(plantApi.updateSite, { params: { id: site.id }, body: { version: site.version, timeZone, dayStarts: entries } })
        await refresh()
      }}
    >
      <Alert type="warning" showIcon className="ls-form-failure" title={t('dayChangeWarning')} />
      <Form.Item name="timeZone" label={t('timeZone')} rules={[{ required: true }]}>
        <Select showSearch options={timeZones.map((value) => ({ value, label: value }))} />
      </Form.Item>
      <p className="ls-quiet">{t('dayStartHint')}</p>
      <Form.List name="dayStarts">
        {(fields, { add, remove }) => (
          <>
            {fields.map((field) => (
              <div key={field.key} className="pl-inline">
                <Form.Item name={[field.name, 'from']} label={t('from')} rules={[{ required: true }]}>
                  <DatePicker />
                </Form.Item>
                <Form.Item name={[field.name, 'time']} label={t('dayStart')} rules={[{ required: true }]}>
                  <TimePicker format="HH:mm" needConfirm={false} />
                </Form.Item>
                <Button icon={<DeleteOutlined aria-hidden />} aria-label={t('ui:delete')} onClick={() => remove(field.name)} />
              </div>
            ))}
            <Button icon={<PlusOutlined aria-hidden />} onClick={() => add({ time: timeOf(8 * 60) })}>
              {t('addDayStart')}
            </Button>
          </>
        )}
      </Form.List>
    </EditDrawer>
  )
}
