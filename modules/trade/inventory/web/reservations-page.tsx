import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, DatePicker, Form, Input, Select } from 'antd'
import type { Dayjs } from 'dayjs'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { call } from '#ui/api.ts'
import { type Column, DataTable } from '#ui/data-table.tsx'
import { EditDrawer } from '#ui/form.tsx'
import { formatDate, formatDateTime } from '#ui/format.ts'
import { useLocale, useWords } from '#ui/i18n.ts'
import { Page, StatusTag, type Tone } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { readDecimal } from '#values/decimal.ts'
import { unitName } from '#values/units.ts'
import type { LocationId } from '../contract.ts'
import { ReservationState, reservationApi, type StockReservation } from '../reservation-contract.ts'
import { inventoryQueries } from './queries.ts'
import { type ItemChoice, StockItemSelect } from './stock-item-select.tsx'
import './inventory.css'

export const reservationTones: Record<ReservationState, Tone> = { open: 'info', used: 'good', released: 'neutral' }

const materials = ({ lines }: StockReservation) => lines.map((line) => `${line.code} ${line.name}`).join('、')

export function Component() {
  const t = useWords('inventory')
  const mayReserve = useCan('inventory.reserve')
  const [making, setMaking] = useState(false)
  const warehouses = useQuery(inventoryQueries.warehouses)
  const make = mayReserve && (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setMaking(true)}>
      {t('reserve.make')}
    </Button>
  )
  const columns: Column<StockReservation>[] = [
    { key: 'number', title: t('reserve.number'), sort: 'number', primary: true, render: (row) => row.number, text: (row) => row.number },
    { key: 'purpose', title: t('reserve.purpose'), render: (row) => row.purpose, text: (row) => row.purpose },
    { key: 'materials', title: t('material'), render: materials, text: materials },
    { key: 'warehouse', title: t('kinds.warehouse'), render: (row) => row.warehouse.name, text: (row) => row.warehouse.name },
    {
      key: 'neededOn',
      title: t('reserve.neededOn'),
      render: (row) => formatDate(row.neededOn),
      text: (row) => row.neededOn ?? '',
    },
    {
      key: 'state',
      title: t('location.state'),
      render: (row) => <StatusTag tone={reservationTones[row.state]}>{t(`reserve.states.${row.state}`)}</StatusTag>,
      text: (row) => t(`reserve.states.${row.state}`),
    },
    { key: 'createdBy', title: t('reserve.createdBy'), render: (row) => row.createdBy, text: (row) => row.createdBy },
    {
      key: 'createdAt',
      title: t('reserve.createdAt'),
      hidden: true,
      render: (row) => formatDateTime(row.createdAt),
      text: (row) => formatDateTime(row.createdAt),
    },
  ]
  return (
    <Page title={t('menu.reservations')} subtitle={t('reserve.subtitle')} actions={make}>
      <DataTable<StockReservation>
        name="inventory-reservations"
        label={t('menu.reservations')}
        queryKey={['inventory', 'reservations']}
        rowKey={(row) => row.id}
        defaultSort="-number"
        searchHint={t('reserve.search')}
        filters={[
          {
            key: 'state',
            label: t('location.state'),
            options: ReservationState.options.map((value) => ({ value, label: t(`reserve.states.${value}`) })),
          },
          {
            key: 'warehouseId',
            label: t('kinds.warehouse'),
            options: (warehouses.data?.items ?? []).map(({ id, name }) => ({ value: id as string, label: name })),
          },
        ]}
        pageQuery={(query, signal) => call(reservationApi.reservations, { query: query as never, signal })}
        columns={columns}
        rowHref={(row) => `/inventory/reservations/${row.id}`}
        empty={{ text: t('reserve.empty'), action: make }}
      />
      <MakeReservation open={making} onClose={() => setMaking(false)} />
    </Page>
  )
}

interface Values {
  warehouseId: LocationId
  purpose: string
  neededOn?: Dayjs | null
  lines: { item?: ItemChoice; quantity?: string }[]
}

function MakeReservation({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useWords('inventory')
  const client = useQueryClient()
  const navigate = useNavigate()
  const warehouses = useQuery(inventoryQueries.warehouses)
  const options = (warehouses.data?.items ?? []).map(({ id, code, name }) => ({ value: id, label: `${code} ${name}` }))
  return (
    <EditDrawer<Values>
      open={open}
      title={t('reserve.make')}
      initialValues={{ lines: [{}], ...(options.length === 1 && options[0] ? { warehouseId: options[0].value } : {}) }}
      fieldOfCode={{ 'inventory.locationClosed': 'warehouseId' }}
      successText={false}
      onClose={onClose}
      onSubmit={async ({ warehouseId, purpose, neededOn, lines }) => {
        const made = await call(reservationApi.reserve, {
          body: {
            warehouseId,
            purpose,
            neededOn: neededOn?.format('YYYY-MM-DD') ?? null,
            lines: lines.flatMap(({ item, quantity }) => (item && quantity ? [{ materialId: item.id, quantity: quantity.trim() }] : [])),
          },
        })
        await client.invalidateQueries({ queryKey: ['inventory'] })
        void navigate(`/inventory/reservations/${made.id}`)
      }}
    >
      <Form.Item name="warehouseId" label={t('kinds.warehouse')} rules={[{ required: true }]}>
        <Select showSearch={{ optionFilterProp: 'label' }} options={options} />
      </Form.Item>
      <Form.Item name="purpose" label={t('reserve.purpose')} rules={[{ required: true, whitespace: true }]}>
        <Input maxLength={200} placeholder={t('reserve.purposeExample')} />
      </Form.Item>
      <Form.Item name="neededOn" label={t('reserve.neededOn')}>
        <DatePicker />
      </Form.Item>
      <Form.List name="lines">
        {(fields, { add, remove }) => (
          <>
            {fields.map(({ key, name }) => (
              <ReservedLine key={key} name={name} only={fields.length === 1} onRemove={() => remove(name)} />
            ))}
            <Button icon={<PlusOutlined aria-hidden />} onClick={() => add({})}>
              {t('reserve.addLine')}
            </Button>
          </>
        )}
      </Form.List>
    </EditDrawer>
  )
}

function ReservedLine({ name, only, onRemove }: { name: number; only: boolean; onRemove: () => void }) {
  const t = useWords('inventory')
  const locale = useLocale()
  const item = Form.useWatch<ItemChoice | undefined>(['lines', name, 'item'])
  const positive = (_: unknown, text: string | undefined) =>
    (readDecimal((text ?? '').trim()) ?? 0n) > 0n ? Promise.resolve() : Promise.reject(new Error(t('reserve.quantityNeeded')))
  return (
    <div className="iv-reserved">
      <Form.Item name={[name, 'item']} rules={[{ required: true, message: t('move.chooseMaterial') }]}>
        <StockItemSelect all={false} />
      </Form.Item>
      <Form.Item name={[name, 'quantity']} rules={[{ validator: positive }]}>
        <Input
          inputMode="decimal"
          aria-label={t('quantity')}
          placeholder={t('quantity')}
          suffix={item ? unitName(item.unit, locale === 'en-US') : undefined}
        />
      </Form.Item>
      <Button
        type="text"
        disabled={only}
        aria-label={t('move.remove', { name: item?.name ?? String(name + 1) })}
        icon={<DeleteOutlined aria-hidden />}
        onClick={onRemove}
      />
    </div>
  )
}
