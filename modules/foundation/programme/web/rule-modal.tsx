import { Form, InputNumber } from 'antd'
import { call } from '#ui/api.ts'
import { EditModal } from '#ui/form.tsx'
import { useWords } from '#ui/i18n.ts'
import { programmeApi } from '../contract.ts'
import { useChange } from './use-change.ts'

export function EditRule({ open, rule, onClose }: { open: boolean; rule: { minDays: number; version: number }; onClose: () => void }) {
  const t = useWords('programme')
  const change = useChange()
  return (
    <EditModal<{ minDays: number }>
      open={open}
      title={t('ruleEdit')}
      initialValues={{ minDays: rule.minDays }}
      onClose={onClose}
      onSubmit={({ minDays }) => change(() => call(programmeApi.setRule, { body: { minDays, version: rule.version } }))}
    >
      <Form.Item name="minDays" label={t('ruleDays')} extra={t('ruleDaysHint')} rules={[{ required: true }]}>
        <InputNumber min={1} max={22} precision={0} />
      </Form.Item>
    </EditModal>
  )
}
