import { UploadOutlined } from '@ant-design/icons'
import { App, Button, DatePicker, Form, Input, Popconfirm, Select, Space } from 'antd'
import type { Dayjs } from 'dayjs'
import { useRef, useState } from 'react'
import { call, errorText } from '#ui/api.ts'
import { EditModal } from '#ui/form.tsx'
import { formatBytes } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { Section } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { sendFile } from '#ui/upload.ts'
import { CERTIFICATE_MAX_BYTES, type Certificate, CertificateKind, type PartnerDetail, programmeApi } from '../contract.ts'
import { ValidityTag } from './partner-words.tsx'
import { certificateUrl } from './queries.ts'
import { useChange } from './use-change.ts'
import './programme.css'

export function Certificates({ partner }: { partner: PartnerDetail }) {
  const t = useWords('programme')
  const may = { buyer: useCan('programme.manage'), supplier: useCan('programme.answer') }[partner.side]
  const open = !['exited', 'refused', 'withdrawn'].includes(partner.state)
  const change = useChange()
  const [adding, setAdding] = useState(false)
  return (
    <Section
      title={t('certificates.title')}
      extra={
        may &&
        open && (
          <Button icon={<UploadOutlined aria-hidden />} onClick={() => setAdding(true)}>
            {t('certificates.add')}
          </Button>
        )
      }
    >
      <CertificateList
        certificates={partner.certificates}
        href={(one) => certificateUrl(one.id)}
        {...(may ? { remove: (one: Certificate) => change(() => call(programmeApi.removeCertificate, { params: { id: one.id } })) } : {})}
      />
      {adding && (
        <AddCertificate
          onClose={() => setAdding(false)}
          send={(query, file) =>
            change(() =>
              sendFile(
                programmeApi.addCertificate,
                { params: { id: partner.id }, query },
                { file, onProgress: () => undefined, signal: new AbortController().signal },
              ),
            )
          }
        />
      )}
    </Section>
  )
}

export function CertificateList(props: {
  certificates: readonly Certificate[]
  href?: (certificate: Certificate) => string
  remove?: (certificate: Certificate) => Promise<unknown>
}) {
  const t = useWords('programme')
  const { message } = App.useApp()
  const { certificates, href, remove } = props
  if (certificates.length === 0) return <p className="ls-quiet">{t('certificates.empty')}</p>
  return (
    <ul className="pg-certificates">
      {certificates.map((one) => {
        const name = `${t(`certificates.kinds.${one.kind}`)} ${one.number}`
        return (
          <li key={one.id}>
            <div>
              <div>{name}</div>
              <div className="ls-quiet">
                {href ? (
                  <a href={href(one)} target="_blank" rel="noreferrer">
                    {one.fileName}
                  </a>
                ) : (
                  one.fileName
                )}{' '}
                · {formatBytes(one.fileBytes)}
              </div>
            </div>
            <div>
              <ValidityTag certificate={one} />
            </div>
            <div className="ls-quiet">{one.addedBy}</div>
            {remove && one.mine ? (
              <Popconfirm
                title={t('certificates.removeTitle', { name })}
                description={t('certificates.removeText')}
                okText={t('ui:delete')}
                okButtonProps={{ danger: true }}
                cancelText={t('ui:cancel')}
                onConfirm={() => remove(one).catch((error: unknown) => void message.error(errorText(error, t)))}
              >
                <Button type="link" size="small" danger>
                  {t('ui:delete')}
                </Button>
              </Popconfirm>
            ) : (
              <span />
            )}
          </li>
        )
      })}
    </ul>
  )
}

export interface CertificateFields {
  kind: CertificateKind
  number: string
  fileName: string
  validFrom?: string
  validUntil?: string
}

interface Values {
  kind: CertificateKind
  number: string
  validFrom?: Dayjs | null
  validUntil?: Dayjs | null
}

export function AddCertificate({
  send,
  onClose,
}: {
  send: (query: CertificateFields, file: File) => Promise<unknown>
  onClose: () => void
}) {
  const t = useWords('programme')
  const [file, setFile] = useState<File>()
  const input = useRef<HTMLInputElement>(null)
  const tooLarge = file !== undefined && file.size > CERTIFICATE_MAX_BYTES
  const submit = async ({ kind, number, validFrom, validUntil }: Values) => {
    if (!file) return
    const from = validFrom?.format('YYYY-MM-DD')
    const until = validUntil?.format('YYYY-MM-DD')
    await send({ kind, number, fileName: file.name, ...(from ? { validFrom: from } : {}), ...(until ? { validUntil: until } : {}) }, file)
  }
  return (
    <EditModal<Values>
      open
      title={t('certificates.add')}
      initialValues={{ kind: 'businessLicence' }}
      allowUnchanged
      submitText={t('certificates.upload')}
      disabledReason={file === undefined ? t('certificates.chooseFirst') : tooLarge ? t('certificates.tooLarge') : undefined}
      onClose={onClose}
      onSubmit={submit}
    >
      <Form.Item
        label={t('certificates.file')}
        required
        extra={t('certificates.allowed')}
        {...(tooLarge ? { validateStatus: 'error' as const, help: t('certificates.tooLarge') } : {})}
      >
        <Space wrap>
          <Button onClick={() => input.current?.click()}>{t('certificates.choose')}</Button>
          {file && `${file.name} · ${formatBytes(file.size)}`}
        </Space>
        <input
          ref={input}
          type="file"
          className="pg-file-input"
          accept=".pdf,.jpg,.jpeg,.png,.webp"
          data-testid="certificate-file"
          onChange={(e) => setFile(e.currentTarget.files?.[0] ?? file)}
        />
      </Form.Item>
      <Form.Item name="kind" label={t('certificates.kind')} rules={[{ required: true }]}>
        <Select options={CertificateKind.options.map((value) => ({ value, label: t(`certificates.kinds.${value}`) }))} />
      </Form.Item>
      <Form.Item name="number" label={t('certificates.number')} rules={[{ required: true, whitespace: true }]}>
        <Input maxLength={80} autoComplete="off" />
      </Form.Item>
      <div className="pg-two">
        <Form.Item name="validFrom" label={t('certificates.validFrom')}>
          <DatePicker className="pg-wide" />
        </Form.Item>
        <Form.Item name="validUntil" label={t('certificates.validUntil')} extra={t('certificates.validUntilHint')}>
          <DatePicker className="pg-wide" />
        </Form.Item>
      </div>
    </EditModal>
  )
}
