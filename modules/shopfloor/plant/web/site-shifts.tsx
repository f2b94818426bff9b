import { PlusOutlined } from '@ant-design/icons'
import { useQueryClient } from '@tanstack/react-query'
import { App, Button, DatePicker, Form, Input, TimePicker } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useState } from 'react'
import { call, errorText } from '#ui/api.ts'
import { nowMs } from '#ui/clock.ts'
import { EditDrawer } from '#ui/form.tsx'
import { formatDate, formatNumber } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { Section, StatusTag } from '#ui/page.tsx'
import { pickedOfInstant } from '#ui/picked-time.ts'
import { plantApi, type Shift, type Site } from '../contract.ts'
import { shiftMinutes } from '../work-calendar.ts'
import { minuteOf, minuteText, timeOf } from './minute-of-day.ts'

export function Shifts({ site, canManage }: { site: Site; canManage: boolean }) {
  const t = useWords('plant')
  const [editing, setEditing] = useState<Shift | 'new'>()
  return (
    <Section
      title={t('shifts')}
      flush
      extra={
        canManage && (
          <Button icon={<PlusOutlined aria-hidden />} onClick={() => setEditing('new')}>
            {t('addShift')}
          </Button>
        )
      }
    >
      {site.shifts.length === 0 ? (
        <p className="ls-table-count">{t('noShifts')}</p>
      ) : (
        <div className="ls-rows">
          <table aria-label={t('shifts')}>
            <thead>
              <tr>
                <th scope="col">{t('shiftName')}</th>
                <th scope="col">{t('shiftTime')}</th>
                <th scope="col" className="ls-cell-right">
                  {t('duration')}
                </th>
                <th scope="col">{t('valid')}</th>
                <th scope="col" aria-label={t('ui:table.actions')} />
              </tr>
            </thead>
            <tbody>
              {site.shifts.map((shift) => (
                <ShiftRow key={shift.id} shift={shift} onEdit={canManage ? () => setEditing(shift) : undefined} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {editing && <ShiftForm site={site} shift={editing} onClose={() => setEditing(undefined)} />}
    </Section>
  )
}

function ShiftRow({ shift, onEdit }: { shift: Shift; onEdit: (() => void) | undefined }) {
  const t = useWords('plant')
  const client = useQueryClient()
  const { modal, message } = App.useApp()
  const passesMidnight = shift.endMinute <= shift.startMinute
  const ended = shift.validUntil !== null && shift.validUntil <= formatDate(nowMs())
  const remove = () =>
    modal.confirm({
      title: t('deleteShiftTitle', { name: shift.name }),
      content: t('deleteShiftText'),
      okText: t('ui:delete'),
      okButtonProps: { danger: true },
      cancelText: t('ui:cancel'),
      onOk: async () => {
        try {
          await call(plantApi.deleteShift, { params: { id: shift.id } })
        } catch (error) {
          void message.error(errorText(error, t))
        }
        await client.invalidateQueries({ queryKey: ['plant', 'site'] })
      },
    })
  return (
    <tr>
      <td>
        {shift.name} {ended && <StatusTag tone="neutral">{t('ended')}</StatusTag>}
      </td>
      <td>
        {minuteText(shift.startMinute)}–{minuteText(shift.endMinute)} {passesMidnight && <span className="ls-quiet">{t('nextDay')}</span>}
      </td>
      <td className="ls-cell-right">{formatNumber(shiftMinutes(shift) / 60, t('hours'), undefined)}</td>
      <td>
        {shift.validUntil
          ? t('validFromUntil', { from: shift.validFrom, until: shift.validUntil })
          : t('validFrom', { from: shift.validFrom })}
      </td>
      <td className="ls-cell-actions">
        {onEdit && (
          <>
            <Button type="link" size="small" onClick={onEdit}>
              {t('ui:edit')}
            </Button>
            <Button type="link" size="small" danger onClick={remove}>
              {t('ui:delete')}
            </Button>
          </>
        )}
      </td>
    </tr>
  )
}

interface ShiftValues {
  name: string
  start: Dayjs
  end: Dayjs
  validFrom: Dayjs
  validUntil?: Dayjs | null
}

function ShiftForm({ site, shift, onClose }: { site: Site; shift: Shift | 'new'; onClose: () => void }) {
  const t = useWords('plant')
  const client = useQueryClient()
  const refresh = () => client.invalidateQueries({ queryKey: ['plant', 'site'] })
  const old = shift === 'new' ? undefined : shift
  return (
    <EditDrawer<ShiftValues>
      open
      title={old ? t('editShift', { name: old.name }) : t('addShift')}
      initialValues={
        old
          ? {
              name: old.name,
              start: timeOf(old.startMinute),
              end: timeOf(old.endMinute),
              validFrom: dayjs(old.validFrom),
              validUntil: old.validUntil ? dayjs(old.validUntil) : null,
            }
          : { validFrom: pickedOfInstant(nowMs()) }
      }
      fieldOfCode={{ 'plant.shiftOverlap': 'start', 'plant.invalidPeriod': 'validUntil' }}
      onClose={onClose}
      onReload={() => void refresh()}
      onSubmit={async (values) => {
        const body = {
          name: values.name,
          startMinute: minuteOf(values.start),
          endMinute: minuteOf(values.end),
          validFrom: values.validFrom.format('YYYY-MM-DD'),
          validUntil: values.validUntil?.format('YYYY-MM-DD') ?? null,
        }
        if (old) await call(plantApi.updateShift, { params: { id: old.id }, body: { ...body, version: old.version } })
        else await call(plantApi.createShift, { params: { id: site.id }, body })
        await refresh()
      }}
    >
      <Form.Item name="name" label={t('shiftName')} rules={[{ required: true, whitespace: true }]}>
        <Input autoFocus maxLength={40} placeholder={t('shiftExample')} />
      </Form.Item>
      <div className="pl-inline">
        <Form.Item name="start" label={t('start')} rules={[{ required: true }]}>
          <TimePicker format="HH:mm" needConfirm={false} />
        </Form.Item>
        <Form.Item name="end" label={t('end')} rules={[{ required: true }]}>
          <TimePicker format="HH:mm" needConfirm={false} />
        </Form.Item>
      </div>
      <p className="ls-quiet">{t('shiftHint')}</p>
      <div className="pl-inline">
        <Form.Item name="validFrom" label={t('from')} rules={[{ required: true }]}>
          <DatePicker allowClear={false} />
        </Form.Item>
        <Form.Item name="validUntil" label={t('until')} extra={t('untilHint')}>
          <DatePicker />
        </Form.Item>
      </div>
    </EditDrawer>
  )
}
