import { useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Segmented } from 'antd'
import { call } from '#ui/api.ts'
import { EditDrawer } from '#ui/form.tsx'
import { useWords } from '#ui/i18n.ts'
import { PartnerSelect } from '#ui/partner-select.tsx'
import { type LabelFormat, labelApi } from '../label-contract.ts'
import { type LabelLanguage, labelFault, labelFields, standardLabel } from '../labels/label-text.ts'
import { RemoveButton } from './remove-button.tsx'

interface Values {
  supplierId: string
  name: string
  language: LabelLanguage
  template: string
}

/** A label in the printer's own language, with places for what the packing unit holds. */
export function LabelFormatForm({ format, onClose }: { format: LabelFormat | 'new' | undefined; onClose: () => void }) {
  const t = useWords('logistics')
  const client = useQueryClient()
  const [form] = Form.useForm<Values>()
  const old = format === 'new' ? undefined : format
  const renew = () => client.invalidateQueries({ queryKey: ['logistics', 'labelFormats'] })
  const language = Form.useWatch('language', form) ?? 'zpl'
  return (
    <EditDrawer<Values>
      form={form}
      width={680}
      open={format !== undefined}
      title={t(old ? 'setup.changeFormat' : 'setup.addFormat')}
      initialValues={
        old
          ? { supplierId: old.supplier.orgId, name: old.name, language: old.language, template: old.template }
          : { language: 'zpl', template: standardLabel('zpl', 'qr') }
      }
      allowUnchanged={!old}
      onClose={onClose}
      onReload={() => void renew()}
      fieldOfCode={{ 'logistics.nameTaken': 'name', 'logistics.badTemplate': 'template', 'logistics.noRelation': 'supplierId' }}
      onSubmit={async ({ supplierId, ...values }) => {
        if (old) await call(labelApi.changeLabelFormat, { params: { id: old.id }, body: { ...values, version: old.version } })
        else await call(labelApi.createLabelFormat, { body: { supplierId: supplierId as never, ...values } })
        await renew()
      }}
    >
      {old ? (
        <p>{old.supplier.name}</p>
      ) : (
        <Form.Item name="supplierId" label={t('supplier')} rules={[{ required: true, message: t('required') }]}>
          <PartnerSelect side="buyer" />
        </Form.Item>
      )}
      <Form.Item name="name" label={t('setup.name')} rules={[{ required: true, message: t('required') }]}>
        <Input maxLength={80} placeholder={t('setup.formatExample')} />
      </Form.Item>
      <Form.Item name="language" label={t('setup.language')}>
        <Segmented
          options={[
            { value: 'zpl', label: 'ZPL' },
            { value: 'tspl', label: 'TSPL' },
          ]}
        />
      </Form.Item>
      <Form.Item
        name="template"
        label={t('setup.labelTemplate')}
        extra={t('setup.labelHint', { fields: labelFields.map((field) => `{{${field}}}`).join(' ') })}
        rules={[
          { required: true, message: t('required') },
          {
            validator: async (_, value: string) => {
              const fault = value && labelFault(form.getFieldValue('language') as LabelLanguage, value)
              if (fault) throw new Error(t(`reasons.${fault.fault}`, { what: fault.what }))
            },
          },
        ]}
      >
        <Input.TextArea autoSize={{ minRows: 10, maxRows: 24 }} style={{ fontFamily: 'monospace' }} spellCheck={false} />
      </Form.Item>
      <Button onClick={() => form.setFieldValue('template', standardLabel(language, 'qr'))}>{t('setup.fromStandard')}</Button>{' '}
      {old && (
        <RemoveButton
          name={old.name}
          onRemove={async () => {
            await call(labelApi.removeLabelFormat, { params: { id: old.id } })
            await renew()
            onClose()
          }}
        />
      )}
    </EditDrawer>
  )
}
