import { PlusOutlined } from '@ant-design/icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, DatePicker, Form, Input, Select } from 'antd'
import type { Dayjs } from 'dayjs'
import { useState } from 'react'
import { Link } from 'react-router'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import { call } from '#ui/api.ts'
import { nowMs } from '#ui/clock.ts'
import { type Column, DataTable } from '#ui/data-table.tsx'
import { EditModal } from '#ui/form.tsx'
import { useLocale, useWords } from '#ui/i18n.ts'
import { Page, StatusTag } from '#ui/page.tsx'
import { PartnerSelect } from '#ui/partner-select.tsx'
import { pickedOfInstant } from '#ui/picked-time.ts'
import { useCan } from '#ui/session.ts'
import { SideSwitch, useSide } from '#ui/side-switch.tsx'
import type { OrgId } from '#values/ids.ts'
import { type Consignment, consignedApi } from '../consigned-contract.ts'
import { inventoryQueries, placeName, quantityText } from './queries.ts'
import { StockItemSelect } from './stock-item-select.tsx'

const levelTones = { below: 'warning', within: 'good', above: 'info' } as const

/** Consigned goods: of suppliers here, or one's own at customers. */
export function Component() {
  const t = useWords('inventory')
  const [side, setSide] = useSide()
  const canManage = useCan('inventory.manageConsigned')
  const canMove = useCan('inventory.move')
  const canShip = useCan('logistics.ship')
  const [edited, setEdited] = useState<Consignment | 'new'>()
  const [used, setUsed] = useState<Consignment>()
  const add = canManage && side === 'buyer' && (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setEdited('new')}>
      {t('consigned.add')}
    </Button>
  )
  const columns = useColumns(side)
  const actions: Column<Consignment> = {
    key: 'actions',
    title: '',
    actions: true,
    render: (row) => (
      <>
        {canMove && (
          <Button
            type="link"
            disabled={row.quantity === '0'}
            title={row.quantity === '0' ? t('consigned.nothingThere') : undefined}
            onClick={() => setUsed(row)}
          >
            {t('consigned.use')}
          </Button>
        )}
        {canManage && (
          <Button type="link" onClick={() => setEdited(row)}>
            {t('consigned.bounds')}
          </Button>
        )}
      </>
    ),
  }
  const refill: Column<Consignment> = {
    key: 'actions',
    title: '',
    actions: true,
    render: (row) =>
      row.refill !== null && (
        <Link to={`/logistics/new?buyer=${row.partner.id}&material=${row.materialId}&quantity=${row.refill}`}>
          {t('consigned.doRefill')}
        </Link>
      ),
  }
  return (
    <Page
      title={t('menu.consigned')}
      subtitle={t(`consigned.subtitles.${side}`)}
      actions={
        <>
          <SideSwitch side={side} onChange={setSide} words={(value) => t(`consigned.sides.${value}`)} />
          {add}
        </>
      }
    >
      <DataTable<Consignment>
        key={side}
        name={`inventory-consigned-${side}`}
        label={t('menu.consigned')}
        queryKey={['inventory', 'consigned', side]}
        rowKey={(row) => row.id}
        defaultSort="code"
        searchHint={t('items.search')}
        filters={[
          {
            key: 'level',
            label: t('consigned.level'),
            options: ['below', 'above'].map((value) => ({ value, label: t(`consigned.levels.${value}`) })),
          },
        ]}
        pageQuery={(query, signal) => call(consignedApi.consigned, { query: { ...query, side } as never, signal })}
        columns={side === 'buyer' ? (canManage || canMove ? [...columns, actions] : columns) : canShip ? [...columns, refill] : columns}
        empty={{ text: t(`consigned.empty.${side}`), action: add }}
      />
      <Bounds edited={edited} onClose={() => setEdited(undefined)} />
      <Use row={used} onClose={() => setUsed(undefined)} />
    </Page>
  )
}

function useColumns(side: 'buyer' | 'supplier'): Column<Consignment>[] {
  const t = useWords('inventory')
  const locale = useLocale()
  const amount = (key: 'quantity' | 'min' | 'max' | 'refill'): Column<Consignment> => ({
    key,
    title: t(`consigned.${key}`),
    align: 'right',
    render: (row) => quantityText(row[key], row.unit, locale),
    text: (row) => (row[key] === null ? null : Number(row[key])),
  })
  return [
    { key: 'name', title: t('material'), primary: true, render: (row) => row.name, text: (row) => row.name },
    { key: 'code', title: t('code'), sort: 'code', render: (row) => row.code, text: (row) => row.code },
    { key: 'partner', title: t(`consigned.partner.${side}`), render: (row) => row.partner.name, text: (row) => row.partner.name },
    amount('quantity'),
    amount('min'),
    amount('max'),
    {
      key: 'level',
      title: t('consigned.level'),
      render: (row) => row.level && <StatusTag tone={levelTones[row.level]}>{t(`consigned.levels.${row.level}`)}</StatusTag>,
      text: (row) => row.level && t(`consigned.levels.${row.level}`),
    },
    amount('refill'),
  ]
}

interface BoundValues {
  supplierId: OrgId
  material: { id: MaterialId }
  min?: string
  max?: string
}

function Bounds({ edited, onClose }: { edited: Consignment | 'new' | undefined; onClose: () => void }) {
  const t = useWords('inventory')
  const client = useQueryClient()
  const known = edited === 'new' ? undefined : edited
  return (
    <EditModal<BoundValues>
      open={edited !== undefined}
      title={known ? t('consigned.boundsOf', { name: known.name }) : t('consigned.add')}
      {...(known ? { initialValues: { min: known.min ?? '', max: known.max ?? '' } } : {})}
      fieldOfCode={{ 'inventory.boundsCrossed': 'max', 'inventory.noSupplier': 'supplierId', 'inventory.consignedAlready': 'material' }}
      onClose={onClose}
      onReload={() => void client.invalidateQueries({ queryKey: ['inventory', 'consigned'] })}
      onSubmit={async ({ supplierId, material, min, max }) => {
        const bounds = { minimum: min || null, maximum: max || null }
        if (known) await call(consignedApi.changeConsigned, { params: { id: known.id }, body: { ...bounds, version: known.version } })
        else await call(consignedApi.agreeConsigned, { body: { ...bounds, supplierId, materialId: material.id } })
        await client.invalidateQueries({ queryKey: ['inventory', 'consigned'] })
      }}
    >
      {!known && (
        <>
          <Form.Item name="supplierId" label={t('consigned.partner.buyer')} rules={[{ required: true }]}>
            <PartnerSelect side="buyer" />
          </Form.Item>
          <Form.Item name="material" label={t('material')} rules={[{ required: true }]}>
            <StockItemSelect all value={undefined} onChange={() => undefined} />
          </Form.Item>
        </>
      )}
      <Form.Item name="min" label={t('consigned.min')}>
        <Input inputMode="decimal" />
      </Form.Item>
      <Form.Item name="max" label={t('consigned.max')}>
        <Input inputMode="decimal" />
      </Form.Item>
    </EditModal>
  )
}

interface UseValues {
  stock: string
  quantity: string
  day: Dayjs
  reason?: string
}

function Use({ row, onClose }: { row: Consignment | undefined; onClose: () => void }) {
  const t = useWords('inventory')
  const locale = useLocale()
  const client = useQueryClient()
  const stock = useQuery({ ...inventoryQueries.stockOf(row?.materialId as MaterialId, undefined), enabled: row !== undefined })
  const rows = (stock.data?.items ?? []).filter((one) => one.owner?.id === row?.partner.id)
  return (
    <EditModal<UseValues>
      open={row !== undefined}
      title={t('consigned.useOf', { name: row?.name ?? '' })}
      allowUnchanged
      initialValues={{ day: pickedOfInstant(nowMs()) }}
      fieldOfCode={{
        'inventory.notEnough': 'quantity',
        'inventory.notEnoughThen': 'day',
        'inventory.dayInFuture': 'day',
        'inventory.periodClosed': 'day',
      }}
      onClose={onClose}
      onSubmit={async ({ stock: chosen, quantity, day, reason }) => {
        const from = rows.find((one) => one.id === chosen)
        if (!row || !from) return
        await call(consignedApi.useConsigned, {
          params: { id: row.id },
          body: {
            locationId: from.location.id,
            lot: from.lot || null,
            serial: from.serial || null,
            quantity,
            day: day.format('YYYY-MM-DD'),
            reason: reason ?? '',
          },
        })
        await client.invalidateQueries({ queryKey: ['inventory'] })
      }}
    >
      <Form.Item name="stock" label={t('move.from')} extra={t('consigned.useHint')} rules={[{ required: true }]}>
        <Select
          options={rows.map((one) => ({
            value: one.id,
            label: [placeName(one.location, t), one.lot || one.serial, quantityText(one.quantity, one.unit, locale)]
              .filter(Boolean)
              .join(' · '),
          }))}
        />
      </Form.Item>
      <Form.Item name="quantity" label={t('quantity')} rules={[{ required: true }]}>
        <Input inputMode="decimal" />
      </Form.Item>
      <Form.Item name="day" label={t('card.day')} rules={[{ required: true }]}>
        <DatePicker allowClear={false} />
      </Form.Item>
      <Form.Item name="reason" label={t('reason')}>
        <Input maxLength={200} />
      </Form.Item>
    </EditModal>
  )
}
