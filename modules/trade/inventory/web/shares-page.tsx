import { PlusOutlined } from '@ant-design/icons'
import { useQueryClient } from '@tanstack/react-query'
import { App, Button, Form, Input } from 'antd'
import { useState } from 'react'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import { call, errorText } from '#ui/api.ts'
import { DataTable } from '#ui/data-table.tsx'
import { EditModal } from '#ui/form.tsx'
import { formatDateTime } from '#ui/format.ts'
import { useLocale, useWords } from '#ui/i18n.ts'
import { Page, StatusTag } from '#ui/page.tsx'
import { PartnerSelect } from '#ui/partner-select.tsx'
import { useCan } from '#ui/session.ts'
import { SideSwitch, useSide } from '#ui/side-switch.tsx'
import type { OrgId } from '#values/ids.ts'
import { chainApi, ShareState, type StockShare } from '../chain-contract.ts'
import { quantityText } from './queries.ts'
import { StockItemSelect } from './stock-item-select.tsx'

const tones = { requested: 'warning', shared: 'good', ended: 'neutral' } as const

/** Which supplier lets which buyer see how much he has: asked for by the buyer, opened by the supplier, ended by either. */
export function Component() {
  const t = useWords('inventory')
  const locale = useLocale()
  const [side, setSide] = useSide()
  const may = useCan('inventory.share')
  const [asking, setAsking] = useState(false)
  const [giving, setGiving] = useState<StockShare>()
  const add = may && side === 'buyer' && (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setAsking(true)}>
      {t('shares.ask')}
    </Button>
  )
  return (
    <Page
      title={t('shares.title')}
      subtitle={t(`shares.subtitles.${side}`)}
      actions={
        <>
          <SideSwitch side={side} onChange={setSide} words={(value) => t(`shares.sides.${value}`)} />
          {add}
        </>
      }
      breadcrumbs={[{ label: t('menu.chain'), path: '/inventory/chain' }]}
    >
      <DataTable<StockShare>
        key={side}
        name={`inventory-shares-${side}`}
        label={t('shares.title')}
        queryKey={['inventory', 'shares', side]}
        rowKey={(row) => row.id}
        defaultSort="code"
        searchHint={t('items.search')}
        filters={[
          {
            key: 'state',
            label: t('shares.state'),
            options: ShareState.options.map((value) => ({ value, label: t(`shares.states.${value}`) })),
          },
        ]}
        pageQuery={(query, signal) => call(chainApi.shares, { query: { ...query, side } as never, signal })}
        columns={[
          { key: 'name', title: t('material'), primary: true, render: (row) => row.name, text: (row) => row.name },
          { key: 'code', title: t(`shares.code.${side}`), sort: 'code', render: (row) => row.code, text: (row) => row.code },
          { key: 'ownCode', title: t(`shares.ownCode.${side}`), render: (row) => row.ownCode ?? '—', text: (row) => row.ownCode },
          { key: 'partner', title: t(`consigned.partner.${side}`), render: (row) => row.partner.name, text: (row) => row.partner.name },
          { key: 'purpose', title: t('shares.purpose'), render: (row) => row.purpose, text: (row) => row.purpose },
          {
            key: 'quantity',
            title: t('shares.quantity'),
            align: 'right',
            render: (row) => quantityText(row.quantity, row.unit, locale),
            text: (row) => (row.quantity === null ? null : Number(row.quantity)),
          },
          { key: 'asOf', title: t('chain.asOf'), render: (row) => formatDateTime(row.asOf), text: (row) => row.asOf },
          {
            key: 'state',
            title: t('shares.state'),
            render: (row) => <StatusTag tone={tones[row.state]}>{t(`shares.states.${row.state}`)}</StatusTag>,
            text: (row) => t(`shares.states.${row.state}`),
          },
          {
            key: 'actions',
            title: '',
            actions: true,
            render: (row) => may && <RowActions row={row} side={side} onGive={() => setGiving(row)} />,
          },
        ]}
        empty={{ text: t(`shares.empty.${side}`), action: add }}
      />
      <Ask open={asking} onClose={() => setAsking(false)} />
      <Give share={giving} onClose={() => setGiving(undefined)} />
    </Page>
  )
}

function RowActions({ row, side, onGive }: { row: StockShare; side: 'buyer' | 'supplier'; onGive: () => void }) {
  const t = useWords('inventory')
  const { modal, message } = App.useApp()
  const client = useQueryClient()
  const word = row.state === 'shared' ? 'end' : side === 'buyer' ? 'withdraw' : 'decline'
  const end = () =>
    modal.confirm({
      title: t(`shares.${word}Title`, { name: row.name, partner: row.partner.name }),
      content: row.state === 'shared' ? t('shares.endText') : undefined,
      okText: t(`shares.${word}`),
      okButtonProps: { danger: true },
      onOk: () =>
        call(chainApi.endShare, { params: { id: row.id }, body: { version: row.version } }).then(
          () => client.invalidateQueries({ queryKey: ['inventory'] }),
          (error: unknown) => message.error(errorText(error, t)),
        ),
    })
  return (
    <>
      {row.actions.includes('share') && (
        <Button type="link" onClick={onGive}>
          {t('shares.give')}
        </Button>
      )}
      {row.actions.includes('end') && (
        <Button type="link" onClick={end}>
          {t(`shares.${word}`)}
        </Button>
      )}
    </>
  )
}

function Ask({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useWords('inventory')
  const client = useQueryClient()
  return (
    <EditModal<{ supplierId: OrgId; material: { id: MaterialId }; purpose: string }>
      open={open}
      title={t('shares.ask')}
      submitText={t('shares.ask')}
      successText={t('shares.asked')}
      fieldOfCode={{ 'inventory.noSupplier': 'supplierId', 'inventory.sharedAlready': 'material' }}
      onClose={onClose}
      onSubmit={async ({ supplierId, material, purpose }) => {
        await call(chainApi.askShare, { body: { supplierId, materialId: material.id, purpose } })
        await client.invalidateQueries({ queryKey: ['inventory'] })
      }}
    >
      <Form.Item name="supplierId" label={t('consigned.partner.buyer')} rules={[{ required: true }]}>
        <PartnerSelect side="buyer" />
      </Form.Item>
      <Form.Item name="material" label={t('material')} rules={[{ required: true }]}>
        <StockItemSelect all value={undefined} onChange={() => undefined} />
      </Form.Item>
      <Form.Item name="purpose" label={t('shares.purpose')} extra={t('shares.purposeHint')} rules={[{ required: true, whitespace: true }]}>
        <Input maxLength={300} />
      </Form.Item>
    </EditModal>
  )
}

function Give({ share, onClose }: { share: StockShare | undefined; onClose: () => void }) {
  const t = useWords('inventory')
  const client = useQueryClient()
  return (
    <EditModal<{ material: { id: MaterialId } }>
      open={share !== undefined}
      title={t('shares.giveTitle', { partner: share?.partner.name ?? '' })}
      submitText={t('shares.give')}
      successText={t('shares.given')}
      fieldOfCode={{ 'inventory.unitsDiffer': 'material', 'inventory.materialNotFound': 'material' }}
      onClose={onClose}
      onReload={() => void client.invalidateQueries({ queryKey: ['inventory', 'shares'] })}
      onSubmit={async ({ material }) => {
        if (!share) return
        await call(chainApi.giveShare, { params: { id: share.id }, body: { version: share.version, ownMaterialId: material.id } })
        await client.invalidateQueries({ queryKey: ['inventory'] })
      }}
    >
      <p>{t('shares.giveText', { code: share?.code ?? '', name: share?.name ?? '', purpose: share?.purpose ?? '' })}</p>
      <Form.Item name="material" label={t('shares.ownMaterial')} rules={[{ required: true }]}>
        <StockItemSelect all value={undefined} onChange={() => undefined} />
      </Form.Item>
    </EditModal>
  )
}
