import { Checkbox, Form, Input, InputNumber, Select } from 'antd'
import { Industry } from '#modules/foundation/organisations/contract.ts'
import { schemaRule } from '#ui/form.tsx'
import { useWords } from '#ui/i18n.ts'
import { type Application, Phone } from '../contract.ts'

export type ApplicationValues = { [Key in keyof Application]?: Application[Key] | null } & { consent?: boolean }

/** What the server takes of what the fields hold. */
export const applicationOf = (values: ApplicationValues) => ({
  name: values.name ?? '',
  nameEn: values.nameEn || null,
  industry: values.industry ?? null,
  city: values.city || null,
  employees: values.employees ?? 0,
  revenueWan: values.revenueWan ?? 0,
  delivers: values.delivers ?? '',
  capacity: values.capacity || null,
  contactName: values.contactName ?? '',
  contactPhone: values.contactPhone ?? '',
  contactEmail: values.contactEmail || null,
})

export function ApplicationFields() {
  const t = useWords('programme')
  const needed = [{ required: true, whitespace: true }]
  return (
    <>
      <Form.Item name="name" label={t('partnerName')} rules={needed}>
        <Input maxLength={120} />
      </Form.Item>
      <div className="pg-two">
        <Form.Item name="nameEn" label={t('nameEn')}>
          <Input maxLength={120} />
        </Form.Item>
        <Form.Item name="city" label={t('city')}>
          <Input maxLength={60} />
        </Form.Item>
        <Form.Item name="industry" label={t('industry')}>
          <Select allowClear options={Industry.options.map((value) => ({ value, label: t(`industries.${value}`) }))} />
        </Form.Item>
        <span />
        <Form.Item name="employees" label={t('employees')} rules={[{ required: true }]}>
          <InputNumber min={0} max={10_000_000} precision={0} suffix={t('people')} className="pg-wide" />
        </Form.Item>
        <Form.Item name="revenueWan" label={t('revenue')} rules={[{ required: true }]}>
          <InputNumber min={0} max={1_000_000_000} precision={0} suffix={t('wan')} className="pg-wide" />
        </Form.Item>
      </div>
      <Form.Item name="delivers" label={t('delivers')} rules={needed}>
        <Input.TextArea maxLength={500} placeholder={t('deliversExample')} autoSize={{ minRows: 2 }} />
      </Form.Item>
      <Form.Item name="capacity" label={t('capacity')}>
        <Input.TextArea maxLength={500} autoSize={{ minRows: 2 }} />
      </Form.Item>
      <div className="pg-two">
        <Form.Item name="contactName" label={t('contactName')} rules={needed}>
          <Input maxLength={60} />
        </Form.Item>
        <Form.Item name="contactPhone" label={t('contactPhone')} rules={[{ required: true }, schemaRule(Phone, t)]}>
          <Input maxLength={30} inputMode="tel" />
        </Form.Item>
      </div>
      <Form.Item name="contactEmail" label={t('contactEmail')} rules={[{ type: 'email' }]}>
        <Input maxLength={120} inputMode="email" />
      </Form.Item>
    </>
  )
}

/** What the leader will be told about the supplier is agreed to before anything is told. */
export function ConsentField() {
  const t = useWords('programme')
  const agreed = {
    validator: async (_: unknown, value: unknown) => (value === true ? undefined : Promise.reject(new Error(t('consentNeeded')))),
  }
  return (
    <Form.Item name="consent" valuePropName="checked" rules={[agreed]}>
      <Checkbox>{t('consent')}</Checkbox>
    </Form.Item>
  )
}
