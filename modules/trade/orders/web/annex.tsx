import { useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input } from 'antd'
import { useState } from 'react'
import { call } from '#ui/api.ts'
import { EditDrawer } from '#ui/form.tsx'
import { useWords } from '#ui/i18n.ts'
import { DetailGrid, Section } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { type Annex, type Order, ordersApi } from '../contract.ts'

/** What this side notes for itself; the other never sees it. */
export function AnnexSection({ order }: { order: Order }) {
  const t = useWords('orders')
  const client = useQueryClient()
  const canManage = useCan('orders.manage')
  const [open, setOpen] = useState(false)
  const { annex, side, id } = order
  const own = side === 'buyer' ? ('costObject' as const) : ('ownNumber' as const)
  return (
    <Section title={t('annex.name')} extra={canManage && <Button onClick={() => setOpen(true)}>{t('ui:edit')}</Button>}>
      <p className="ls-quiet">{t('annex.hint')}</p>
      <DetailGrid
        columns={2}
        items={[
          { label: t(`annex.${own}`), value: annex[own] },
          { label: t('annex.note'), value: annex.note, wide: true },
        ]}
      />
      <EditDrawer<Pick<Annex, 'note' | 'costObject' | 'ownNumber'>>
        open={open}
        title={t('annex.name')}
        initialValues={annex}
        onClose={() => setOpen(false)}
        onReload={() => void client.invalidateQueries({ queryKey: ['orders', 'order', id] })}
        onSubmit={async (values) => {
          await call(ordersApi.annotate, { params: { id }, body: { ...annex, ...values } })
          await client.invalidateQueries({ queryKey: ['orders', 'order', id] })
        }}
      >
        <Form.Item name={own} label={t(`annex.${own}`)}>
          <Input maxLength={80} />
        </Form.Item>
        <Form.Item name="note" label={t('annex.note')}>
          <Input.TextArea maxLength={1000} autoSize={{ minRows: 3, maxRows: 8 }} />
        </Form.Item>
      </EditDrawer>
    </Section>
  )
}
