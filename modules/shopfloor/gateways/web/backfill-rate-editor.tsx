import { useQueryClient } from '@tanstack/react-query'
import { Button, Form, InputNumber } from 'antd'
import { useState } from 'react'
import { call } from '#ui/api.ts'
import { EditModal } from '#ui/form.tsx'
import { useWords } from '#ui/i18n.ts'
import { configurationApi, type Gateway } from '../configuration-contract.ts'

/** How fast a gateway sends what it kept during an outage. */
export function BackfillRateEditor({ gateway }: { gateway: Pick<Gateway, 'id' | 'version' | 'backfillSamplesPerSecond'> }) {
  const t = useWords('gateways')
  const client = useQueryClient()
  const [open, setOpen] = useState(false)
  const { version, backfillSamplesPerSecond } = gateway
  const reload = () => client.invalidateQueries({ queryKey: ['gateways'] })
  return (
    <>
      <Button type="link" size="small" aria-label={t('editBackfillRate')} onClick={() => setOpen(true)}>
        {t('ui:edit')}
      </Button>
      <EditModal<{ backfillSamplesPerSecond: number }>
        open={open}
        title={t('editBackfillRate')}
        initialValues={{ backfillSamplesPerSecond }}
        onSubmit={async (values) => {
          await call(configurationApi.update, { params: { id: gateway.id }, body: { version, ...values } })
          await reload()
        }}
        onClose={() => setOpen(false)}
        onReload={() => void reload()}
      >
        <Form.Item name="backfillSamplesPerSecond" label={t('backfillRate')} extra={t('backfillRateHint')} rules={[{ required: true }]}>
          <InputNumber min={100} max={1_000_000} step={1_000} precision={0} suffix={t('backfillRateUnit')} style={{ width: '100%' }} />
        </Form.Item>
      </EditModal>
    </>
  )
}
