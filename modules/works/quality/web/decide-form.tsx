import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Select } from 'antd'
import { Link } from 'react-router'
import { call } from '#ui/api.ts'
import { EditDrawer } from '#ui/form.tsx'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { readDecimal, writeDecimal } from '#values/decimal.ts'
import { unitName } from '#values/units.ts'
import { type DefectId, type Inspection, qualityApi } from '../contract.ts'
import { qualityQueries } from './queries.ts'

interface Values {
  rejected: string
  sampleSize?: string
  findings?: { defectId?: DefectId; quantity?: string }[]
  remarks?: string
}

const amount = (text: string | undefined) => readDecimal(text?.trim() || '0')

/** How much is rejected and why; the rest is accepted. */
export function DecideForm({ inspection, onClose }: { inspection: Inspection; onClose: () => void }) {
  const t = useWords('quality')
  const unit = unitName(inspection.unit, useLocale() === 'en-US')
  const client = useQueryClient()
  const [form] = Form.useForm<Values>()
  const whole = amount(inspection.quantity) ?? 0n
  const rejected = amount(Form.useWatch('rejected', form)) ?? 0n
  const accepted = rejected <= whole ? whole - rejected : 0n
  const upToLot = (text: string | undefined) => {
    const value = amount(text)
    if (value === undefined || value > whole) throw new Error(t('atMost', { most: inspection.quantity, unit }))
  }
  return (
    <EditDrawer<Values>
      open
      form={form}
      allowUnchanged
      danger={rejected > 0n}
      title={t('decideTitle', { number: inspection.number })}
      submitText={t(rejected === 0n ? 'decideAccept' : accepted === 0n ? 'decideReject' : 'decidePartly')}
      initialValues={{ rejected: '0', findings: [] }}
      onClose={onClose}
      onReload={() => void client.invalidateQueries({ queryKey: ['quality'] })}
      onSubmit={async ({ sampleSize, findings = [], remarks = '' }) => {
        await call(qualityApi.decide, {
          params: { id: inspection.id },
          body: {
            version: inspection.version,
            accepted: writeDecimal(accepted),
            rejected: writeDecimal(rejected),
            sampleSize: sampleSize?.trim() || null,
            findings: findings.map(({ defectId, quantity }) => ({ defectId: defectId as DefectId, quantity: quantity?.trim() ?? '' })),
            remarks,
          },
        })
        await client.invalidateQueries()
      }}
    >
      <p>
        {inspection.materialCode} {inspection.materialName} · {t('lotOf', { n: inspection.quantity, unit })}
      </p>
      <Form.Item
        name="sampleSize"
        label={`${t('sampleSize')}（${t('ui:optional')}）`}
        rules={[{ validator: async (_, text: string | undefined) => upToLot(text) }]}
      >
        <Input inputMode="decimal" suffix={unit} autoComplete="off" />
      </Form.Item>
      <Form.Item
        name="rejected"
        label={t('rejected')}
        extra={t(rejected === 0n ? 'afterAccept' : 'afterReject', { accepted: writeDecimal(accepted), unit })}
        rules={[{ validator: async (_, text: string | undefined) => upToLot(text) }]}
      >
        <Input
          inputMode="decimal"
          autoComplete="off"
          suffix={unit}
          addonAfter={
            <Button type="link" size="small" onClick={() => form.setFieldsValue({ rejected: inspection.quantity })}>
              {t('rejectAll')}
            </Button>
          }
        />
      </Form.Item>
      <Findings unit={unit} needed={rejected > 0n} check={upToLot} />
      <Form.Item name="remarks" label={t('remarks')} extra={t('remarksHint')}>
        <Input.TextArea maxLength={500} autoSize={{ minRows: 2 }} />
      </Form.Item>
    </EditDrawer>
  )
}

function Findings({ unit, needed, check }: { unit: string; needed: boolean; check: (text: string | undefined) => void }) {
  const t = useWords('quality')
  const locale = useLocale()
  const { data } = useQuery(qualityQueries.defects)
  const options = (data?.defects ?? [])
    .filter((one) => !one.retired)
    .map((one) => ({ value: one.id, label: `${one.code} ${nameIn(locale, one.name, one.nameEn)} · ${t(`severities.${one.severity}`)}` }))
  return (
    <Form.List
      name="findings"
      rules={[
        {
          validator: async (_, rows: unknown[] | undefined) => {
            if (needed && !rows?.length) throw new Error(t('errors.reasonMissing'))
          },
        },
      ]}
    >
      {(fields, { add, remove }, { errors }) => (
        <>
          <p className="ls-quiet">
            {t('findingsHint')} {data && options.length === 0 && <Link to="/quality/defects">{t('noDefectsYet')}</Link>}
          </p>
          {fields.map(({ key, name }) => (
            <div key={key} className="qa-finding">
              <Form.Item name={[name, 'defectId']} rules={[{ required: true, message: t('chooseDefect') }]}>
                <Select
                  aria-label={t('defectName')}
                  showSearch={{ optionFilterProp: 'label' }}
                  options={options}
                  placeholder={t('chooseDefect')}
                />
              </Form.Item>
              <Form.Item
                name={[name, 'quantity']}
                rules={[
                  {
                    validator: async (_, text: string | undefined) => {
                      if (!amount(text)) throw new Error(t('numberNeeded'))
                      check(text)
                    },
                  },
                ]}
              >
                <Input aria-label={t('defectQuantity')} inputMode="decimal" suffix={unit} autoComplete="off" />
              </Form.Item>
              <Button type="text" icon={<DeleteOutlined aria-hidden />} aria-label={t('removeFinding')} onClick={() => remove(name)} />
            </div>
          ))}
          <Form.ErrorList errors={errors} />
          <Form.Item>
            <Button icon={<PlusOutlined aria-hidden />} onClick={() => add({})} disabled={options.length === 0}>
              {t('addFinding')}
            </Button>
          </Form.Item>
        </>
      )}
    </Form.List>
  )
}
