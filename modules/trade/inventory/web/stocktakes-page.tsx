import { PlusOutlined } from '@ant-design/icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Select } from 'antd'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { call } from '#ui/api.ts'
import { type Column, DataTable } from '#ui/data-table.tsx'
import { EditModal } from '#ui/form.tsx'
import { formatDateTime, formatText } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { Page, StatusTag, type Tone } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import type { LocationId } from '../contract.ts'
import { type Stocktake, StocktakeState, stocktakeApi } from '../stocktake-contract.ts'
import { inventoryQueries, placeName } from './queries.ts'

export const stateTones: Record<StocktakeState, Tone> = { counting: 'info', submitted: 'warning', posted: 'good', cancelled: 'neutral' }

export function Component() {
  const t = useWords('inventory')
  const canMove = useCan('inventory.move')
  const [making, setMaking] = useState(false)
  const make = canMove && (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setMaking(true)}>
      {t('count.make')}
    </Button>
  )
  const columns: Column<Stocktake>[] = [
    { key: 'number', title: t('count.number'), sort: 'number', primary: true, render: (row) => row.number, text: (row) => row.number },
    { key: 'place', title: t('place'), render: (row) => placeName(row.location, t), text: (row) => placeName(row.location, t) },
    {
      key: 'state',
      title: t('location.state'),
      render: (row) => <StatusTag tone={stateTones[row.state]}>{t(`count.states.${row.state}`)}</StatusTag>,
      text: (row) => t(`count.states.${row.state}`),
    },
    {
      key: 'progress',
      title: t('count.progress'),
      align: 'right',
      render: (row) => `${row.counted} / ${row.lines}`,
      text: (row) => `${row.counted} / ${row.lines}`,
    },
    { key: 'different', title: t('count.different'), align: 'right', render: (row) => row.different, text: (row) => row.different },
    { key: 'createdBy', title: t('count.createdBy'), render: (row) => formatText(row.createdBy), text: (row) => row.createdBy },
    {
      key: 'createdAt',
      title: t('count.createdAt'),
      render: (row) => formatDateTime(row.createdAt),
      text: (row) => formatDateTime(row.createdAt),
    },
    {
      key: 'decidedBy',
      title: t('count.decidedBy'),
      hidden: true,
      render: (row) => formatText(row.decidedBy),
      text: (row) => row.decidedBy,
    },
  ]
  return (
    <Page title={t('menu.stocktakes')} subtitle={t('count.subtitle')} actions={make}>
      <DataTable<Stocktake>
        name="inventory-stocktakes"
        label={t('menu.stocktakes')}
        queryKey={['inventory', 'stocktakes']}
        rowKey={(row) => row.id}
        defaultSort="-number"
        searchHint={t('count.search')}
        filters={[
          {
            key: 'state',
            label: t('location.state'),
            options: StocktakeState.options.map((value) => ({ value, label: t(`count.states.${value}`) })),
          },
        ]}
        pageQuery={(query, signal) => call(stocktakeApi.stocktakes, { query: query as never, signal })}
        columns={columns}
        rowHref={(row) => `/inventory/stocktakes/${row.id}`}
        empty={{ text: t('count.empty'), action: make }}
      />
      <MakeSheet open={making} onClose={() => setMaking(false)} />
    </Page>
  )
}

function MakeSheet({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useWords('inventory')
  const client = useQueryClient()
  const navigate = useNavigate()
  const places = useQuery(inventoryQueries.places)
  const options = (places.data?.items ?? [])
    .filter((place) => ['warehouse', 'bin', 'quarantine'].includes(place.kind))
    .map((place) => ({ value: place.id, label: `${place.warehouse ? `${place.warehouse.name} / ` : ''}${placeName(place, t)}` }))
  return (
    <EditModal<{ locationId: LocationId }>
      open={open}
      title={t('count.make')}
      fieldOfCode={{ 'inventory.stocktakeOpen': 'locationId', 'inventory.sheetTooLong': 'locationId' }}
      successText={false}
      onClose={onClose}
      onSubmit={async (body) => {
        const sheet = await call(stocktakeApi.createStocktake, { body })
        await client.invalidateQueries({ queryKey: ['inventory', 'stocktakes'] })
        void navigate(`/inventory/stocktakes/${sheet.id}`)
      }}
    >
      <Form.Item name="locationId" label={t('place')} extra={t('count.placeHint')} rules={[{ required: true }]}>
        <Select showSearch={{ optionFilterProp: 'label' }} options={options} />
      </Form.Item>
    </EditModal>
  )
}
