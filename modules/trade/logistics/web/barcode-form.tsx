import { useQueryClient } from '@tanstack/react-query'
import { Form, Input } from 'antd'
import { call } from '#ui/api.ts'
import { nowMs } from '#ui/clock.ts'
import { EditDrawer } from '#ui/form.tsx'
import { formatDate } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { DetailGrid } from '#ui/page.tsx'
import { PartnerSelect } from '#ui/partner-select.tsx'
import { type Barcode, labelApi } from '../label-contract.ts'
import { compileTemplate } from '../labels/barcode-template.ts'
import { readScan } from '../labels/scan.ts'
import { RemoveButton } from './remove-button.tsx'

interface Values {
  supplierId: string
  name: string
  template: string
  sample?: string
}

/** How a supplier's barcode is read, tried on a sample while it is typed. */
export function BarcodeForm({ barcode, onClose }: { barcode: Barcode | 'new' | undefined; onClose: () => void }) {
  const t = useWords('logistics')
  const client = useQueryClient()
  const [form] = Form.useForm<Values>()
  const old = barcode === 'new' ? undefined : barcode
  const renew = () => client.invalidateQueries({ queryKey: ['logistics', 'barcodes'] })
  return (
    <EditDrawer<Values>
      form={form}
      open={barcode !== undefined}
      title={t(old ? 'setup.changeBarcode' : 'setup.addBarcode')}
      {...(old ? { initialValues: { supplierId: old.supplier.orgId, name: old.name, template: old.template, sample: old.sample } } : {})}
      onClose={onClose}
      onReload={() => void renew()}
      fieldOfCode={{ 'logistics.nameTaken': 'name', 'logistics.badTemplate': 'template', 'logistics.noRelation': 'supplierId' }}
      onSubmit={async ({ supplierId, name, template, sample = '' }) => {
        if (old) await call(labelApi.changeBarcode, { params: { id: old.id }, body: { name, template, sample, version: old.version } })
        else await call(labelApi.createBarcode, { body: { supplierId: supplierId as never, name, template, sample } })
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
        <Input maxLength={80} placeholder={t('setup.nameExample')} />
      </Form.Item>
      <Form.Item
        name="template"
        label={t('setup.template')}
        extra={t('setup.templateHint')}
        rules={[{ required: true, message: t('required') }, { validator: async (_, value: string) => refuseFault(value, t) }]}
      >
        <Input maxLength={300} placeholder="{material}|{lot}|{quantity}" />
      </Form.Item>
      <Form.Item name="sample" label={t('setup.sample')}>
        <Input maxLength={400} placeholder="M-10086|B261126|240" />
      </Form.Item>
      <Tried template={Form.useWatch('template', form)} sample={Form.useWatch('sample', form)} />
      {old && (
        <RemoveButton
          name={old.name}
          onRemove={async () => {
            await call(labelApi.removeBarcode, { params: { id: old.id } })
            await renew()
            onClose()
          }}
        />
      )}
    </EditDrawer>
  )
}

async function refuseFault(template: string | undefined, t: ReturnType<typeof useWords>): Promise<void> {
  if (!template) return
  const compiled = compileTemplate(template)
  if ('fault' in compiled) throw new Error(t(`reasons.${compiled.fault}`))
}

function Tried({ template = '', sample = '' }: { template: string | undefined; sample: string | undefined }) {
  const t = useWords('logistics')
  if (template === '' || sample === '') return null
  const scanned = readScan(sample, [template], formatDate(nowMs()))
  if (scanned.kind === 'unknown') return <p role="status">{t('setup.notRead')}</p>
  const values = Object.entries({ ...scanned.values, ...(scanned.kind === 'pack' ? { sscc: scanned.sscc } : {}) })
  return <DetailGrid columns={2} items={values.map(([field, value]) => ({ label: t(`barcodeFields.${field}`), value }))} />
}
