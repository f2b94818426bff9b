import { UploadOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button, Checkbox, DatePicker, Form, Input, Select } from 'antd'
import type { Dayjs } from 'dayjs'
import { useRef, useState } from 'react'
import { devicesApi } from '#modules/shopfloor/devices/contract.ts'
import { call } from '#ui/api.ts'
import { EditModal } from '#ui/form.tsx'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { sendFile } from '#ui/upload.ts'
import { type UnitCode, unitName } from '#values/units.ts'
import { type Material, type MaterialId, materialsApi } from '../contract.ts'
import { DocumentKind, detailApi } from '../detail-contract.ts'
import { useChange } from './queries.ts'

interface Props {
  material: Material
  onClose: () => void
}

const CHOICES = 30
const DECIMAL = /^\d{1,12}(\.\d{1,6})?$/

export function AddBarcode({ material, onClose }: Props) {
  const t = useWords('materials')
  const english = useLocale() === 'en-US'
  const change = useChange()
  const units = [material.baseUnit as UnitCode, ...material.units.map((one) => one.unit)]
  return (
    <EditModal<{ code: string; unit: UnitCode }>
      open
      title={t('barcodes.add')}
      initialValues={{ unit: material.baseUnit as UnitCode }}
      allowUnchanged
      onClose={onClose}
      fieldOfCode={{ 'materials.barcodeTaken': 'code' }}
      onSubmit={(body) => change(() => call(detailApi.addBarcode, { params: { id: material.id }, body }))}
    >
      <Form.Item name="code" label={t('barcodes.code')} extra={t('barcodes.hint')} rules={[{ required: true }]}>
        <Input maxLength={80} autoComplete="off" placeholder="6901234567892" />
      </Form.Item>
      <Form.Item name="unit" label={t('barcodes.unit')} rules={[{ required: true }]}>
        <Select options={units.map((value) => ({ value, label: unitName(value, english) }))} />
      </Form.Item>
    </EditModal>
  )
}

/** Finds materials in use on the server; the material itself is left out. */
function MaterialSelect({
  without,
  value,
  onChange,
  id,
}: {
  without: string
  value?: string
  onChange?: (value: string) => void
  id?: string
}) {
  const t = useWords('materials')
  const [search, setSearch] = useState('')
  const query = useQuery({
    queryKey: ['materials', 'choices', search],
    queryFn: ({ signal }) => call(materialsApi.list, { query: { ...(search ? { search } : {}), limit: CHOICES }, signal }),
    placeholderData: (before) => before,
  })
  const options = (query.data?.items ?? [])
    .filter((one) => one.id !== without)
    .map((one) => ({ value: one.id as string, label: [one.code, one.name, one.specification].filter(Boolean).join(' ') }))
  return (
    <Select
      {...(id ? { id } : {})}
      value={value ?? (null as never)}
      {...(onChange ? { onChange } : {})}
      showSearch={{ filterOption: false, onSearch: setSearch }}
      loading={query.isFetching}
      placeholder={t('search')}
      options={options}
    />
  )
}

export function AddSubstitute({ material, onClose }: Props) {
  const t = useWords('materials')
  const change = useChange()
  return (
    <EditModal<{ substituteId: MaterialId; bothWays: boolean; note?: string }>
      open
      title={t('substitutes.add')}
      initialValues={{ bothWays: false }}
      allowUnchanged
      onClose={onClose}
      fieldOfCode={{ 'materials.substituteWrong': 'substituteId' }}
      onSubmit={({ note = '', ...body }) =>
        change(() => call(detailApi.addSubstitute, { params: { id: material.id }, body: { ...body, note } }))
      }
    >
      <Form.Item name="substituteId" label={t('substitutes.material')} rules={[{ required: true }]}>
        <MaterialSelect without={material.id} />
      </Form.Item>
      <Form.Item name="bothWays" valuePropName="checked">
        <Checkbox>{t('substitutes.bothWaysLong')}</Checkbox>
      </Form.Item>
      <Form.Item name="note" label={`${t('note')}（${t('ui:optional')}）`}>
        <Input maxLength={300} autoComplete="off" />
      </Form.Item>
    </EditModal>
  )
}

/** One machine, or every machine of a thing model: `device:…` or `model:…`. */
export function AddEquipment({ material, onClose }: Props) {
  const t = useWords('materials')
  const locale = useLocale()
  const change = useChange()
  const [search, setSearch] = useState('')
  const devices = useQuery({
    queryKey: ['materials', 'devices', search],
    queryFn: ({ signal }) => call(devicesApi.list, { query: { ...(search ? { search } : {}), limit: CHOICES }, signal }),
    placeholderData: (before) => before,
  })
  const models = useQuery({
    queryKey: ['materials', 'models', search],
    queryFn: ({ signal }) =>
      call(devicesApi.thingModels, { query: { ...(search ? { search } : {}), sort: 'name', limit: CHOICES }, signal }),
    placeholderData: (before) => before,
  })
  const options = [
    {
      label: t('equipment.models'),
      options: (models.data?.items ?? []).map((one) => ({
        value: `model:${one.code}`,
        label: t('equipment.everyOf', { name: nameIn(locale, one.name, one.nameEn) }),
      })),
    },
    {
      label: t('equipment.devices'),
      options: (devices.data?.items ?? []).map((one) => ({
        value: `device:${one.id}`,
        label: `${nameIn(locale, one.name, one.nameEn)}（${one.own?.code ?? ''}）`,
      })),
    },
  ]
  return (
    <EditModal<{ of: string; quantity: string; position?: string }>
      open
      title={t('equipment.add')}
      initialValues={{ quantity: '1' }}
      allowUnchanged
      onClose={onClose}
      fieldOfCode={{ 'materials.equipmentWrong': 'of' }}
      onSubmit={({ of, quantity, position = '' }) => {
        const [kind = '', id = ''] = of.split(/:(.*)/)
        const named = kind === 'device' ? { deviceId: id as never, thingModelCode: null } : { deviceId: null, thingModelCode: id }
        return change(() => call(detailApi.addEquipment, { params: { id: material.id }, body: { ...named, quantity, position } }))
      }}
    >
      <Form.Item name="of" label={t('equipment.of')} rules={[{ required: true }]}>
        <Select showSearch={{ filterOption: false, onSearch: setSearch }} loading={devices.isFetching} options={options} />
      </Form.Item>
      <Form.Item name="quantity" label={t('equipment.quantity')} rules={[{ required: true, pattern: DECIMAL, message: t('decimalRule') }]}>
        <Input inputMode="decimal" autoComplete="off" suffix={unitName(material.baseUnit, locale === 'en-US')} />
      </Form.Item>
      <Form.Item name="position" label={`${t('equipment.position')}（${t('ui:optional')}）`}>
        <Input maxLength={100} autoComplete="off" />
      </Form.Item>
    </EditModal>
  )
}

interface DocumentValues {
  kind: DocumentKind
  file?: File
  name?: string
  revision?: string
  effectiveFrom?: Dayjs
}

export function AddDocument({ material, onClose }: Props) {
  const t = useWords('materials')
  const change = useChange()
  const [form] = Form.useForm<DocumentValues>()
  const kind = Form.useWatch('kind', form)
  const send = ({ file, name, revision, effectiveFrom, kind: what }: DocumentValues) => {
    if (!file) throw new Error('The form asks for a file.')
    const query = {
      kind: what,
      fileName: file.name,
      ...(name ? { name } : {}),
      ...(what === 'drawing' ? { revision: revision ?? '', effectiveFrom: effectiveFrom?.format('YYYY-MM-DD') ?? '' } : {}),
    }
    return change(() =>
      sendFile(
        detailApi.addDocument,
        { params: { id: material.id }, query },
        { file, onProgress: () => undefined, signal: new AbortController().signal },
      ),
    )
  }
  return (
    <EditModal<DocumentValues>
      open
      form={form}
      title={t('documents.add')}
      initialValues={{ kind: 'drawing' }}
      allowUnchanged
      onClose={onClose}
      fieldOfCode={{ 'materials.revisionTaken': 'revision', 'materials.sameFile': 'file' }}
      onSubmit={send}
    >
      <Form.Item name="kind" label={t('documents.kind')} rules={[{ required: true }]}>
        <Select options={DocumentKind.options.map((value) => ({ value, label: t(`documents.kinds.${value}`) }))} />
      </Form.Item>
      <Form.Item name="file" label={t('documents.file')} rules={[{ required: true }]}>
        <FileField
          accept={kind === 'image' ? '.jpg,.jpeg,.png,.webp' : '.pdf,.dwg,.step,.stp,.xlsx,.docx,.csv,.txt,.jpg,.jpeg,.png,.webp'}
        />
      </Form.Item>
      <Form.Item name="name" label={`${t('documents.name')}（${t('ui:optional')}）`} extra={t('documents.nameHint')}>
        <Input maxLength={100} autoComplete="off" />
      </Form.Item>
      {kind === 'drawing' && (
        <div className="mt-pair">
          <Form.Item
            name="revision"
            label={t('documents.revision')}
            rules={[{ required: true, pattern: /^[A-Za-z0-9][A-Za-z0-9.-]{0,9}$/, message: t('documents.revisionRule') }]}
          >
            <Input maxLength={10} autoComplete="off" placeholder="A" />
          </Form.Item>
          <Form.Item name="effectiveFrom" label={t('documents.effectiveFrom')} rules={[{ required: true }]}>
            <DatePicker className="mt-wide" />
          </Form.Item>
        </div>
      )}
    </EditModal>
  )
}

function FileField({ value, onChange, accept, id }: { value?: File; onChange?: (file: File) => void; accept: string; id?: string }) {
  const t = useWords('materials')
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <input
        {...(id ? { id } : {})}
        type="file"
        accept={accept}
        hidden
        ref={input}
        onChange={(event) => event.target.files?.[0] && onChange?.(event.target.files[0])}
      />
      <Button icon={<UploadOutlined aria-hidden />} onClick={() => input.current?.click()}>
        {value ? value.name : t('documents.chooseFile')}
      </Button>
    </>
  )
}
