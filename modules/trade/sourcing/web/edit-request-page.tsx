import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Alert, Button, DatePicker, Form, Input, Select } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import { call, errorText } from '#ui/api.ts'
import { showAtFields, useUnsavedGuard } from '#ui/form.tsx'
import { useWords } from '#ui/i18n.ts'
import { Loaded, Page, Section } from '#ui/page.tsx'
import { usePartners } from '#ui/partner-select.tsx'
import { instantOfPicked, pickedOfInstant } from '#ui/picked-time.ts'
import { Currency } from '#values/money.ts'
import { unitCodes } from '#values/units.ts'
import { MAX_LINES, type RequestDetail, sourcingApi } from '../contract.ts'
import { MaterialSelect } from './material-select.tsx'
import { sourcingQueries, useChange } from './queries.ts'
import { useUnitName } from './sourcing-words.tsx'
import './sourcing.css'

interface Line {
  materialId?: string
  unit?: string
  quantity?: string
  day?: Dayjs | null
  note?: string
}
interface Values {
  title: string
  currency: Currency
  deadline: Dayjs
  deliverTo: string
  note?: string
  lines: Line[]
  supplierIds: string[]
}

/** A new request, or a draft that is changed. */
export function Component() {
  const { id } = useParams()
  return id === undefined ? <Edit /> : <Existing id={id} />
}

function Existing({ id }: { id: string }) {
  const query = useQuery(sourcingQueries.request(id))
  return <Loaded query={query}>{(request) => <Edit request={request} />}</Loaded>
}

function Edit({ request: opened }: { request?: RequestDetail }) {
  // As it stood when the form opened: a draft that somebody changes meanwhile is a conflict.
  const [request] = useState(opened)
  const t = useWords('sourcing')
  const navigate = useNavigate()
  const change = useChange()
  const [form] = Form.useForm<Values>()
  const [failure, setFailure] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const [touched, setTouched] = useState(false)
  useUnsavedGuard(touched && !busy)
  const save = async (values: Values) => {
    setBusy(true)
    setFailure(undefined)
    const body = {
      title: values.title,
      currency: values.currency,
      deadline: instantOfPicked(values.deadline),
      deliverTo: values.deliverTo,
      note: values.note ?? '',
      supplierIds: values.supplierIds,
      lines: values.lines.map((line) => ({
        materialId: line.materialId ?? '',
        unit: line.unit ?? '',
        quantity: line.quantity ?? '',
        day: line.day?.format('YYYY-MM-DD') ?? null,
        note: line.note ?? '',
      })),
    } as never
    try {
      const made = await change(() =>
        request
          ? call(sourcingApi.update, { params: { id: request.id }, body: { ...(body as object), version: request.version } as never })
          : call(sourcingApi.create, { body }),
      )
      setTouched(false)
      void navigate(`/sourcing/requests/${made.id}`)
    } catch (error) {
      setFailure(showAtFields(form, error, {}, t) ? undefined : error)
      setBusy(false)
    }
  }
  return (
    <Page title={t(request ? 'editTitle' : 'newTitle')} breadcrumbs={[{ label: t('name'), path: '/sourcing' }]}>
      <Form<Values>
        form={form}
        layout="vertical"
        scrollToFirstError
        initialValues={request ? valuesOf(request) : { currency: 'CNY', lines: [{}] }}
        onValuesChange={() => setTouched(true)}
        onFinish={(values) => void save(values)}
      >
        {failure !== undefined && <Alert type="error" showIcon role="alert" className="ls-form-failure" title={errorText(failure, t)} />}
        <Section title={t('name')}>
          <Head />
        </Section>
        <Section title={t('lines')}>
          <Lines known={request?.lines ?? []} />
        </Section>
        <Section title={t('suppliers')}>
          <Form.Item name="supplierIds" extra={t('supplierHint')} rules={[{ required: true, message: t('required') }]}>
            <Suppliers />
          </Form.Item>
        </Section>
        {/* No submit button: Enter in one of the many fields does not save it. */}
        <Button type="primary" loading={busy} onClick={() => form.submit()}>
          {t('create')}
        </Button>
      </Form>
    </Page>
  )
}

const valuesOf = (request: RequestDetail): Partial<Values> => ({
  title: request.title,
  currency: request.currency,
  deadline: pickedOfInstant(request.deadline),
  deliverTo: request.deliverTo,
  note: request.note,
  supplierIds: request.suppliers.map((one) => one.supplierId),
  lines: request.lines.map((line) => ({ ...line, day: line.day === null ? null : dayjs(line.day) })),
})

function Head() {
  const t = useWords('sourcing')
  return (
    <>
      <Form.Item name="title" label={t('title')} rules={[{ required: true, whitespace: true }]}>
        <Input maxLength={120} placeholder={t('titleExample')} autoComplete="off" />
      </Form.Item>
      <div className="so-bid-fields">
        <Form.Item name="deadline" label={t('deadline')} rules={[{ required: true }]}>
          <DatePicker showTime={{ format: 'HH:mm' }} format="YYYY-MM-DD HH:mm" className="so-wide" />
        </Form.Item>
        <Form.Item name="currency" label={t('currency')}>
          <Select options={Currency.options.map((value) => ({ value, label: value }))} />
        </Form.Item>
      </div>
      <Form.Item name="deliverTo" label={t('deliverTo')} rules={[{ required: true, whitespace: true }]}>
        <Input maxLength={200} autoComplete="off" />
      </Form.Item>
      <Form.Item name="note" label={t('note')}>
        <Input.TextArea maxLength={1_000} autoSize={{ minRows: 2 }} />
      </Form.Item>
    </>
  )
}

function Lines({ known }: { known: RequestDetail['lines'] }) {
  const t = useWords('sourcing')
  const unit = useUnitName()
  const needed = [{ required: true, message: t('required') }]
  return (
    <Form.List name="lines">
      {(fields, { add, remove }) => (
        <div className="so-lines">
          {fields.map((field) => (
            <div key={field.key} className="so-line">
              <Form.Item name={[field.name, 'materialId']} label={t('material')} rules={needed}>
                <MaterialSelect known={known} unitField={['lines', field.name, 'unit']} />
              </Form.Item>
              <Form.Item name={[field.name, 'quantity']} label={t('quantity')} rules={needed}>
                <Input inputMode="decimal" maxLength={20} autoComplete="off" />
              </Form.Item>
              <Form.Item name={[field.name, 'unit']} label={t('unit')} rules={needed}>
                <Select showSearch={{ optionFilterProp: 'label' }} options={unitCodes.map((value) => ({ value, label: unit(value) }))} />
              </Form.Item>
              <Form.Item name={[field.name, 'day']} label={t('day')}>
                <DatePicker className="so-wide" />
              </Form.Item>
              <Form.Item name={[field.name, 'note']} label={t('lineNote')}>
                <Input maxLength={300} autoComplete="off" />
              </Form.Item>
              <Form.Item label=" ">
                <Button
                  icon={<DeleteOutlined aria-hidden />}
                  aria-label={t('removeLine')}
                  disabled={fields.length === 1}
                  onClick={() => remove(field.name)}
                />
              </Form.Item>
            </div>
          ))}
          <Button icon={<PlusOutlined aria-hidden />} disabled={fields.length >= MAX_LINES} onClick={() => add({})}>
            {t('addLine')}
          </Button>
        </div>
      )}
    </Form.List>
  )
}

function Suppliers({ value, onChange, id }: { value?: string[]; onChange?: (value: string[]) => void; id?: string }) {
  const t = useWords('sourcing')
  const [search, setSearch] = useState('')
  const { partners } = usePartners({ side: 'buyer', kind: 'supply' }, search)
  return (
    <Select
      mode="multiple"
      {...(id ? { id } : {})}
      aria-label={t('suppliers')}
      value={value ?? []}
      onChange={(chosen) => onChange?.(chosen)}
      showSearch={{ filterOption: false, onSearch: setSearch }}
      options={partners}
    />
  )
}
