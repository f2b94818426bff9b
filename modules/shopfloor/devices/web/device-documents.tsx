import { UploadOutlined } from '@ant-design/icons'
import { App, Button, DatePicker, Form, Input, Popconfirm, Progress, Select, Space } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useRef, useState } from 'react'
import { call, errorText } from '#ui/api.ts'
import { nowMs } from '#ui/clock.ts'
import { EditModal } from '#ui/form.tsx'
import { EMPTY, formatBytes, formatDate, formatDateTime } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { Section, StatusTag } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { sendFile } from '#ui/upload.ts'
import { type Attachment, attachmentLimits, DocumentKind } from '../attachments.ts'
import { type DeviceId, devicesApi } from '../contract.ts'
import { contentUrl } from './queries.ts'
import { useChange } from './use-change.ts'
import { validityOf } from './validity.ts'

const EXTENSIONS = '.pdf,.xlsx,.docx,.dwg,.step,.stp,.csv,.txt,.jpg,.jpeg,.png,.webp'

export function DeviceDocuments({ id, documents }: { id: DeviceId; documents: Attachment[] }) {
  const t = useWords('devices')
  const canManage = useCan('devices.manage')
  const [adding, setAdding] = useState(false)
  const [editing, setEditing] = useState<Attachment>()
  return (
    <Section
      title={t('attachments.documents')}
      extra={
        canManage && (
          <Button icon={<UploadOutlined aria-hidden />} onClick={() => setAdding(true)}>
            {t('attachments.addDocument')}
          </Button>
        )
      }
    >
      {documents.length === 0 ? (
        <p className="ls-quiet">{t('attachments.noDocuments')}</p>
      ) : (
        <ul className="dv-documents">
          {documents.map((document) => (
            <Document key={document.id} id={id} document={document} onEdit={canManage ? () => setEditing(document) : undefined} />
          ))}
        </ul>
      )}
      {adding && <AddDocument id={id} onClose={() => setAdding(false)} />}
      {editing && <EditDocument id={id} document={editing} onClose={() => setEditing(undefined)} />}
    </Section>
  )
}

function Document({ id, document, onEdit }: { id: DeviceId; document: Attachment; onEdit: (() => void) | undefined }) {
  const t = useWords('devices')
  const { message } = App.useApp()
  const change = useChange()
  const params = { id, attachmentId: document.id }
  const validity = validityOf(document.validUntil, nowMs())
  return (
    <li>
      <div className="dv-document-name">
        <a href={contentUrl(id, document.id, 'saved')} download={document.fileName}>
          {document.name}
        </a>
        <span className="ls-quiet">
          {t(`attachments.kinds.${document.kind}`)} · {formatBytes(document.bytes)}
          {document.name !== document.fileName && ` · ${document.fileName}`}
        </span>
      </div>
      <div>
        {document.validUntil === null ? (
          <span className="ls-quiet">{t('attachments.noValidity')}</span>
        ) : (
          <StatusTag tone={{ valid: 'good', ending: 'warning', over: 'bad' }[validity] as 'good' | 'warning' | 'bad'}>
            {t(`attachments.validity.${validity}`, { date: formatDate(document.validUntil) })}
          </StatusTag>
        )}
      </div>
      <div className="ls-quiet">
        {formatDateTime(document.addedAt)} {document.addedBy || EMPTY}
      </div>
      {onEdit && (
        <Space size={0}>
          <Button type="link" size="small" onClick={onEdit}>
            {t('ui:edit')}
          </Button>
          <Popconfirm
            title={t('attachments.removeTitle', { name: document.name })}
            description={t('attachments.removeText')}
            okText={t('ui:delete')}
            okButtonProps={{ danger: true }}
            cancelText={t('ui:cancel')}
            onConfirm={() =>
              change(() => call(devicesApi.removeAttachment, { params })).catch((error: unknown) => void message.error(errorText(error, t)))
            }
          >
            <Button type="link" size="small" danger>
              {t('ui:delete')}
            </Button>
          </Popconfirm>
        </Space>
      )}
    </li>
  )
}

interface DocumentValues {
  kind: DocumentKind
  name: string
  validUntil?: Dayjs | null
}

function DocumentFields() {
  const t = useWords('devices')
  return (
    <>
      <Form.Item name="name" label={t('attachments.name')} rules={[{ required: true, whitespace: true }]}>
        <Input maxLength={100} autoComplete="off" />
      </Form.Item>
      <Form.Item name="kind" label={t('attachments.kind')} rules={[{ required: true }]}>
        <Select options={DocumentKind.options.map((value) => ({ value, label: t(`attachments.kinds.${value}`) }))} />
      </Form.Item>
      <Form.Item name="validUntil" label={`${t('attachments.validUntil')}（${t('ui:optional')}）`} extra={t('attachments.validUntilHint')}>
        <DatePicker className="dv-wide" />
      </Form.Item>
    </>
  )
}

function AddDocument({ id, onClose }: { id: DeviceId; onClose: () => void }) {
  const t = useWords('devices')
  const change = useChange()
  const [form] = Form.useForm<DocumentValues>()
  const [file, setFile] = useState<File>()
  const [part, setPart] = useState<number>()
  const input = useRef<HTMLInputElement>(null)
  const abort = useRef<AbortController>(undefined)
  const tooLarge = file !== undefined && file.size > attachmentLimits.bytes
  const choose = (chosen: File | undefined) => {
    if (!chosen) return
    setFile(chosen)
    if (!form.getFieldValue('name')) form.setFieldValue('name', chosen.name.replace(/\.[^.]*$/, ''))
  }
  const send = async (values: DocumentValues) => {
    abort.current = new AbortController()
    const validUntil = values.validUntil?.format('YYYY-MM-DD')
    const query = { kind: values.kind, name: values.name, fileName: file?.name ?? '', ...(validUntil ? { validUntil } : {}) }
    try {
      await change(() =>
        sendFile(
          devicesApi.addAttachment,
          { params: { id }, query },
          { file: file as File, onProgress: setPart, signal: (abort.current as AbortController).signal },
        ),
      )
    } finally {
      setPart(undefined)
    }
  }
  return (
    <EditModal<DocumentValues>
      open
      form={form}
      title={t('attachments.addDocument')}
      initialValues={{ kind: 'manual' }}
      allowUnchanged
      submitText={t('attachments.upload')}
      disabledReason={file === undefined ? t('attachments.chooseFirst') : tooLarge ? t('attachments.tooLarge') : undefined}
      onSubmit={send}
      onClose={() => {
        abort.current?.abort()
        onClose()
      }}
    >
      <Form.Item
        label={t('attachments.file')}
        required
        extra={t('attachments.allowed')}
        {...(tooLarge ? { validateStatus: 'error' as const, help: t('attachments.tooLarge') } : {})}
      >
        <Space wrap>
          <Button onClick={() => input.current?.click()}>{t('attachments.chooseFile')}</Button>
          {file && `${file.name} · ${formatBytes(file.size)}`}
        </Space>
        <input
          ref={input}
          type="file"
          className="dv-file-input"
          accept={EXTENSIONS}
          data-testid="document-file"
          onChange={(e) => choose(e.currentTarget.files?.[0])}
        />
        {part !== undefined && (
          <div className="dv-progress">
            <Progress percent={Math.round(part * 100)} aria-label={t('attachments.sending', { name: file?.name ?? '' })} />
            <Button size="small" onClick={() => abort.current?.abort()}>
              {t('attachments.cancelUpload')}
            </Button>
          </div>
        )}
      </Form.Item>
      <DocumentFields />
    </EditModal>
  )
}

function EditDocument({ id, document, onClose }: { id: DeviceId; document: Attachment; onClose: () => void }) {
  const t = useWords('devices')
  const change = useChange()
  return (
    <EditModal<DocumentValues>
      open
      title={t('attachments.editDocument')}
      initialValues={{
        name: document.name,
        kind: document.kind as DocumentKind,
        validUntil: document.validUntil === null ? null : dayjs(document.validUntil),
      }}
      onSubmit={({ name, kind, validUntil }) =>
        change(() =>
          call(devicesApi.updateAttachment, {
            params: { id, attachmentId: document.id },
            body: { version: document.version, name, kind, validUntil: validUntil ? validUntil.format('YYYY-MM-DD') : null },
          }),
        )
      }
      onClose={onClose}
    >
      <DocumentFields />
    </EditModal>
  )
}
