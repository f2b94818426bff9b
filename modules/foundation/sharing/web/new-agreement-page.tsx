import { useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, DatePicker, Form, type FormInstance, Input, InputNumber, Modal, Radio, Space } from 'antd'
import type { Dayjs } from 'dayjs'
import { useMemo, useState } from 'react'
import { useNavigate, useSearchParams } from 'react-router'
import { call, errorText } from '#ui/api.ts'
import { nowMs } from '#ui/clock.ts'
import { showAtFields, useUnsavedGuard } from '#ui/form.tsx'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { Page, Section } from '#ui/page.tsx'
import { type PartnerChoice, PartnerSelect, usePartners } from '#ui/partner-select.tsx'
import { instantOfPicked, pickedOfInstant } from '#ui/picked-time.ts'
import { useSession } from '#ui/session.ts'
import { Granularity, type SharedItem, sharingApi } from '../contract.ts'
import { AgreementText, agreementSentences } from './agreement-words.tsx'
import { FieldsField } from './fields-field.tsx'
import { ItemsField } from './items-field.tsx'
import { readPrefill } from './prefill.ts'
import './sharing.css'

interface Values {
  partner: PartnerChoice
  itemChoice: 'all' | 'some'
  items: SharedItem[]
  fieldChoice: 'all' | 'some'
  fields: string[]
  purpose: string
  granularity: Granularity
  delayMinutes: number
  from: Dayjs
  until: Dayjs
}

const termsOf = (values: Values) => ({
  dataSet: 'telemetry.values' as const,
  items: values.itemChoice === 'all' ? ('all' as const) : values.items,
  fields: values.fieldChoice === 'all' ? ('all' as const) : values.fields,
  purpose: values.purpose.trim(),
  granularity: values.granularity,
  delayMinutes: values.delayMinutes,
  from: instantOfPicked(values.from),
  until: instantOfPicked(values.until),
})

/** Opens data to a partner: the form, then the terms in plain words, then the agreement. */
export function Component() {
  const t = useWords('sharing')
  const navigate = useNavigate()
  const client = useQueryClient()
  const { message } = App.useApp()
  const [form] = Form.useForm<Values>()
  const initial = useInitial()
  const [touched, setTouched] = useState(false)
  const [review, setReview] = useState<Values>()
  const [failure, setFailure] = useState<unknown>()
  const [saving, setSaving] = useState(false)
  const [done, setDone] = useState(false)
  useUnsavedGuard(touched && !saving && !done)

  const grant = async (values: Values) => {
    setSaving(true)
    setFailure(undefined)
    try {
      const body = { ...termsOf(values), granteeId: values.partner.value as never }
      const agreement = await call(sharingApi.create, { body })
      setDone(true)
      await client.invalidateQueries({ queryKey: ['sharing'] })
      void message.success(t('form.done'))
      void navigate(`/sharing/${agreement.id}`, { replace: true })
    } catch (error) {
      setReview(undefined)
      const fieldOfCode = { 'sharing.invalidPeriod': 'until', 'sharing.noRelation': 'partner' }
      if (!showAtFields(form, error, fieldOfCode, t)) setFailure(error)
    } finally {
      setSaving(false)
    }
  }
  return (
    <Page title={t('form.title')} breadcrumbs={[{ label: t('name'), path: '/sharing' }]}>
      <Form<Values>
        form={form}
        layout="vertical"
        className="sharing-form"
        requiredMark
        scrollToFirstError
        initialValues={initial}
        onValuesChange={() => setTouched(true)}
        onFinish={(values) => setReview(values)}
      >
        {failure !== undefined && <Alert type="error" showIcon role="alert" className="ls-form-failure" title={errorText(failure, t)} />}
        <WhoAndWhat form={form} />
        <How form={form} />
        <Space>
          <Button onClick={() => void navigate(-1)}>{t('ui:cancel')}</Button>
          <Button type="primary" htmlType="submit">
            {t('form.review')}
          </Button>
        </Space>
      </Form>
      <Review values={review} saving={saving} onBack={() => setReview(undefined)} onConfirm={grant} />
    </Page>
  )
}

function useInitial(): Partial<Values> {
  const [params] = useSearchParams()
  return useMemo(() => {
    const given = readPrefill(params)
    const today = pickedOfInstant(nowMs()).startOf('day')
    return {
      ...(given.partnerId ? { partner: { value: given.partnerId, label: '' } } : {}),
      itemChoice: given.items.length > 0 ? 'some' : 'all',
      items: given.items,
      fieldChoice: given.fields.length > 0 ? 'some' : 'all',
      fields: given.fields,
      purpose: given.purpose,
      granularity: given.granularity,
      delayMinutes: given.delayMinutes,
      from: today,
      until: today.add(1, 'year'),
    }
  }, [params])
}

function WhoAndWhat({ form }: { form: FormInstance<Values> }) {
  const t = useWords('sharing')
  const items = Form.useWatch('itemChoice', form)
  const chosen = Form.useWatch('items', form)
  const fields = Form.useWatch('fieldChoice', form)
  const notEmpty = (text: string) => ({
    validator: async (_: unknown, value: unknown[] | undefined) => {
      if (!value || value.length === 0) throw new Error(text)
    },
  })
  return (
    <>
      <Section title={t('form.who')}>
        <Form.Item
          name="partner"
          label={t('partner')}
          extra={t('form.partnerHint')}
          rules={[{ required: true, message: t('form.required') }]}
          getValueFromEvent={(value?: string, label?: string) => value && { value, label }}
          getValueProps={(choice?: PartnerChoice) => ({ value: choice?.value })}
        >
          <PartnerSelect />
        </Form.Item>
        <Form.Item
          name="purpose"
          label={t('purpose')}
          extra={t('form.purposeHint')}
          rules={[{ required: true, whitespace: true, message: t('form.required') }]}
        >
          <Input.TextArea maxLength={300} autoSize={{ minRows: 2 }} />
        </Form.Item>
      </Section>
      <Section title={t('form.what')}>
        <Form.Item name="itemChoice" label={t('items')} extra={items === 'all' ? t('form.itemsHint') : undefined}>
          <Radio.Group
            options={[
              { value: 'all', label: t('allItemsLater') },
              { value: 'some', label: t('someItems') },
            ]}
          />
        </Form.Item>
        {items === 'some' && (
          <Form.Item name="items" rules={[notEmpty(t('form.chooseItems'))]}>
            <ItemsField />
          </Form.Item>
        )}
        <Form.Item name="fieldChoice" label={t('fields')}>
          <Radio.Group
            options={[
              { value: 'all', label: t('allFields') },
              { value: 'some', label: t('someFields') },
            ]}
          />
        </Form.Item>
        {fields === 'some' && (
          <Form.Item name="fields" extra={t('form.fieldsHint')} rules={[notEmpty(t('form.chooseFields'))]}>
            <FieldsField items={items === 'some' ? (chosen ?? []) : 'all'} />
          </Form.Item>
        )}
      </Section>
    </>
  )
}

function How({ form }: { form: FormInstance<Values> }) {
  const t = useWords('sharing')
  const afterStart = {
    validator: async (_: unknown, until: Dayjs | undefined) => {
      const from = form.getFieldValue('from') as Dayjs | undefined
      if (until && ((from && !until.isAfter(from)) || Date.parse(instantOfPicked(until)) <= nowMs()))
        throw new Error(t('errors.invalidPeriod'))
    },
  }
  const required = { required: true, message: t('form.required') }
  return (
    <Section title={t('form.how')}>
      <Form.Item name="granularity" label={t('granularityLabel')}>
        <Radio.Group options={Granularity.options.map((value) => ({ value, label: t(`granularity.${value}`) }))} />
      </Form.Item>
      <Form.Item name="delayMinutes" label={t('delayMinutes')} extra={t('form.delayHint')} rules={[required]}>
        <InputNumber min={0} max={44_640} precision={0} />
      </Form.Item>
      <Form.Item name="from" label={t('from')} extra={t('form.fromHint')} rules={[required]}>
        <DatePicker showTime={{ format: 'HH:mm' }} format="YYYY-MM-DD HH:mm" allowClear={false} />
      </Form.Item>
      <Form.Item name="until" label={t('until')} extra={t('form.untilHint')} dependencies={['from']} rules={[required, afterStart]}>
        <DatePicker showTime={{ format: 'HH:mm' }} format="YYYY-MM-DD HH:mm" allowClear={false} />
      </Form.Item>
    </Section>
  )
}

function Review(props: { values: Values | undefined; saving: boolean; onBack: () => void; onConfirm: (values: Values) => Promise<void> }) {
  const t = useWords('sharing')
  const locale = useLocale()
  const { organisation } = useSession()
  const { values } = props
  // The address names a partner by its id alone.
  const { partners } = usePartners({}, '')
  const grantee = values?.partner.label || (partners.find((one) => one.value === values?.partner.value)?.label ?? '')
  return (
    <Modal
      open={values !== undefined}
      title={t('form.confirmTitle')}
      width={640}
      okText={t('form.confirm')}
      cancelText={t('form.backToForm')}
      confirmLoading={props.saving}
      mask={{ closable: false }}
      onCancel={props.onBack}
      onOk={() => values && props.onConfirm(values)}
    >
      {values && (
        <AgreementText
          sentences={agreementSentences(
            termsOf(values),
            { grantor: nameIn(locale, organisation.name, organisation.nameEn), grantee, mine: true },
            t,
          )}
        />
      )}
    </Modal>
  )
}
