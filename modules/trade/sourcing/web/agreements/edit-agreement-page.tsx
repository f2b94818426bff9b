import { useQuery } from '@tanstack/react-query'
import { Alert, App, Button, Checkbox, DatePicker, Form, Input, InputNumber, Select } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useState } from 'react'
import { useNavigate, useParams, useSearchParams } from 'react-router'
import type { z } from 'zod'
import { call, errorText } from '#ui/api.ts'
import { showAtFields, useUnsavedGuard } from '#ui/form.tsx'
import { useWords } from '#ui/i18n.ts'
import { Loaded, Page, Section } from '#ui/page.tsx'
import { PartnerSelect } from '#ui/partner-select.tsx'
import { Currency } from '#values/money.ts'
import { type Agreement, type AgreementContent, AgreementKind, agreementApi, NOTICE_DAYS } from '../../agreement-contract.ts'
import { sourcingQueries, useChange } from '../queries.ts'
import { fractionOf, percentOf } from '../sourcing-words.tsx'
import { EditLines, type Line, linesOf, typedLines } from './edit-lines.tsx'
import '../sourcing.css'
import { TypedTermLimit } from './term-limit.tsx'

interface Values {
  kind: AgreementKind
  supplierId: string
  currency: Currency
  title: string
  validity: [Dayjs, Dayjs]
  noticeDays: number
  deliverTo: string
  paymentTerms?: string
  paymentDays?: number | null
  overPercent: number
  consigned?: boolean
  note?: string
  revisionNote?: string
  lines: Line[]
}

/** A new agreement, or another content of one that is there. */
export function Component() {
  const { id } = useParams()
  const [params] = useSearchParams()
  const [request, supplier] = [params.get('request'), params.get('supplier')]
  if (id !== undefined) return <Existing id={id} />
  return request && supplier ? <FromAward request={request} supplier={supplier} /> : <Edit />
}

function FromAward({ request, supplier }: { request: string; supplier: string }) {
  const query = useQuery(sourcingQueries.awardDraft(request, supplier))
  return <Loaded query={query}>{(draft) => <Edit draft={draft} requestId={request} />}</Loaded>
}

function Existing({ id }: { id: string }) {
  const query = useQuery(sourcingQueries.agreement(id))
  return <Loaded query={query}>{(agreement) => <Edit agreement={agreement} />}</Loaded>
}

type AwardDraft = z.output<typeof agreementApi.fromAward.response>

interface EditProps {
  agreement?: Agreement
  /** From the award of a request. */
  draft?: AwardDraft
  requestId?: string
}

function Edit({ agreement: opened, draft, requestId }: EditProps) {
  // As it stood when the form opened: what another content is proposed against is what was seen, or it is a conflict.
  const [agreement] = useState(opened)
  const t = useWords('sourcing')
  const navigate = useNavigate()
  const change = useChange()
  const { modal, message } = App.useApp()
  const [form] = Form.useForm<Values>()
  const [failure, setFailure] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const [touched, setTouched] = useState(false)
  useUnsavedGuard(touched && !busy)
  const supplies = agreement?.side === 'supplier'
  const base = agreement && (agreement.openContent ?? agreement.content)
  const propose = async (values: Values) => {
    setBusy(true)
    setFailure(undefined)
    const content = contentOf(values) as never
    try {
      const made = await change(() =>
        agreement
          ? call(agreementApi.propose, {
              params: { id: agreement.id },
              body: { version: agreement.version, content, note: values.revisionNote ?? '' },
            })
          : call(agreementApi.create, {
              body: {
                ...(content as object),
                kind: values.kind,
                supplierId: values.supplierId,
                currency: values.currency,
                requestId,
              } as never,
            }),
      )
      setTouched(false)
      void message.success(t('agreement.proposed'))
      void navigate(`/sourcing/agreements/${made.id}`)
    } catch (error) {
      setFailure(showAtFields(form, error, {}, t) ? undefined : error)
      setBusy(false)
    }
  }
  const ask = (values: Values) =>
    modal.confirm({
      title: t(supplies ? 'agreement.proposeTitleSupplier' : 'agreement.proposeTitle'),
      content: t(supplies ? 'agreement.proposeTextSupplier' : 'agreement.proposeText'),
      okText: t('agreement.propose'),
      cancelText: t('ui:cancel'),
      onOk: () => propose(values),
    })
  return (
    <Page
      title={
        agreement
          ? t(agreement.turn === agreement.side ? 'agreement.counterTitle' : 'agreement.amendTitle', { number: agreement.number })
          : t('agreement.newTitle')
      }
      {...(draft?.content.reference !== undefined && { subtitle: `${t('agreement.reference')} ${draft.content.reference}` })}
      breadcrumbs={[{ label: t('agreement.name'), path: `/sourcing/agreements${supplies ? '?side=supplier' : ''}` }]}
    >
      <Form<Values>
        form={form}
        layout="vertical"
        scrollToFirstError
        initialValues={
          agreement && base
            ? valuesOf(base, agreement.partner.orgId)
            : draft
              ? newValuesOf(draft)
              : { kind: 'scheduling', currency: 'CNY', noticeDays: NOTICE_DAYS, overPercent: 0, lines: [{ breaks: [{ from: '0' }] }] }
        }
        onValuesChange={() => setTouched(true)}
        onFinish={ask}
      >
        {failure !== undefined && <Alert type="error" showIcon role="alert" className="ls-form-failure" title={errorText(failure, t)} />}
        <Section title={t('agreement.name')}>
          <Head agreement={agreement} supplier={draft?.supplierName} />
        </Section>
        <Section title={t('agreement.lines')}>
          {supplies && <p className="ls-quiet">{t('agreement.noNewLines')}</p>}
          <EditLines known={base?.lines ?? draft?.content.lines ?? []} fixed={supplies} />
        </Section>
        {/* No submit button: Enter in one of the many fields does not save it. */}
        <Button type="primary" loading={busy} onClick={() => form.submit()}>
          {t('agreement.propose')}
        </Button>
      </Form>
    </Page>
  )
}

const contentOf = (values: Values) => ({
  title: values.title,
  validFrom: values.validity[0].format('YYYY-MM-DD'),
  validUntil: values.validity[1].format('YYYY-MM-DD'),
  noticeDays: values.noticeDays,
  deliverTo: values.deliverTo,
  paymentTerms: values.paymentTerms ?? '',
  paymentDays: values.paymentDays ?? null,
  overTarget: fractionOf(values.overPercent ?? 0),
  note: values.note ?? '',
  lines: linesOf(values.lines),
})

const newValuesOf = ({ content, supplierId }: AwardDraft): Partial<Values> => {
  const values = valuesOf(content, supplierId)
  return { ...values, lines: (values.lines ?? []).map((line) => ({ ...line, no: null })) }
}

const valuesOf = (content: AgreementContent, partnerId: string): Partial<Values> => ({
  kind: content.kind,
  supplierId: partnerId,
  currency: content.currency,
  title: content.title,
  validity: [dayjs(content.validFrom), dayjs(content.validUntil)],
  noticeDays: content.noticeDays,
  deliverTo: content.deliverTo,
  paymentTerms: content.paymentTerms,
  paymentDays: content.paymentDays,
  overPercent: percentOf(content.overTarget),
  note: content.note,
  lines: typedLines(content.lines),
})

function Head({ agreement, supplier }: { agreement: Agreement | undefined; supplier: string | undefined }) {
  const t = useWords('sourcing')
  const needed = [{ required: true, message: t('required') }]
  return (
    <>
      <div className="so-bid-fields">
        <Form.Item name="kind" label={t('agreement.kind')} extra={t('agreement.kindHint')} className="so-double">
          <Select
            disabled={agreement !== undefined}
            options={AgreementKind.options.map((value) => ({ value, label: t(`agreement.kinds.${value}`) }))}
          />
        </Form.Item>
        {agreement ? (
          <Form.Item label={t('agreement.supplier')} className="so-double">
            <Input disabled aria-label={t('agreement.supplier')} value={agreement.supplierName} />
          </Form.Item>
        ) : supplier !== undefined ? (
          <>
            <Form.Item name="supplierId" hidden>
              <Input />
            </Form.Item>
            <Form.Item label={t('agreement.supplier')} className="so-double">
              <Input disabled aria-label={t('agreement.supplier')} value={supplier} />
            </Form.Item>
          </>
        ) : (
          <Form.Item name="supplierId" label={t('agreement.supplier')} rules={needed} className="so-double">
            <PartnerSelect side="buyer" />
          </Form.Item>
        )}
        <Form.Item
          name="title"
          label={t('agreement.title')}
          rules={[{ required: true, whitespace: true, message: t('required') }]}
          className="so-double"
        >
          <Input maxLength={120} placeholder={t('agreement.titleExample')} autoComplete="off" />
        </Form.Item>
        <Form.Item name="validity" label={t('agreement.validity')} rules={needed} className="so-double">
          <DatePicker.RangePicker className="so-wide" />
        </Form.Item>
        <Form.Item name="currency" label={t('currency')}>
          <Select disabled={agreement !== undefined} options={Currency.options.map((value) => ({ value, label: value }))} />
        </Form.Item>
        <Form.Item name="noticeDays" label={t('agreement.noticeDays')} rules={needed}>
          <InputNumber min={0} max={365} precision={0} className="so-wide" />
        </Form.Item>
        <Form.Item name="overPercent" label={t('agreement.overTarget')} rules={needed}>
          <InputNumber min={0} max={100} precision={2} className="so-wide" />
        </Form.Item>
        <Form.Item name="paymentDays" label={t('agreement.paymentDays')}>
          <InputNumber min={0} max={365} precision={0} className="so-wide" />
        </Form.Item>
        {agreement?.side !== 'supplier' && <TypedTermLimit />}
        <Form.Item name="paymentTerms" label={t('agreement.paymentTerms')} className="so-double">
          <Input maxLength={200} autoComplete="off" />
        </Form.Item>
        <Form.Item
          name="deliverTo"
          label={t('deliverTo')}
          rules={[{ required: true, whitespace: true, message: t('required') }]}
          className="so-double"
        >
          <Input maxLength={200} autoComplete="off" />
        </Form.Item>
      </div>
      {!agreement && (
        <Form.Item name="consigned" valuePropName="checked" extra={t('agreement.consignedHint')}>
          <Checkbox>{t('agreement.consigned')}</Checkbox>
        </Form.Item>
      )}
      <Form.Item name="note" label={t('note')}>
        <Input.TextArea maxLength={1_000} autoSize={{ minRows: 2 }} />
      </Form.Item>
      {agreement && (
        <Form.Item name="revisionNote" label={t('agreement.revisionNote')}>
          <Input maxLength={500} autoComplete="off" />
        </Form.Item>
      )}
    </>
  )
}
