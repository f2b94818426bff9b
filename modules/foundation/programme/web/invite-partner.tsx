import { CopyOutlined } from '@ant-design/icons'
import { Alert, App, Button, Form, Input, Modal } from 'antd'
import { useState } from 'react'
import { CreditCode } from '#modules/foundation/organisations/contract.ts'
import { call } from '#ui/api.ts'
import { EditDrawer, schemaRule } from '#ui/form.tsx'
import { formatDateTime } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { LINK_DAYS, Phone, programmeApi } from '../contract.ts'
import { useChange } from './use-change.ts'
import './programme.css'

interface Invitation {
  name: string
  creditCode: string
  contactName: string
  contactPhone?: string
  contactEmail?: string
  delivers?: string
}

export interface ShownLink {
  name: string
  token: string
  expiresAt: string
}

export function InvitePartner({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useWords('programme')
  const change = useChange()
  const [link, setLink] = useState<ShownLink>()
  return (
    <>
      <EditDrawer<Invitation>
        open={open}
        title={t('inviteTitle')}
        submitText={t('invite')}
        successText={false}
        onClose={onClose}
        fieldOfCode={{ 'programme.partnerExists': 'creditCode', 'programme.ownOrganisation': 'creditCode' }}
        onSubmit={async (values) => {
          const body = {
            ...values,
            contactPhone: values.contactPhone || null,
            contactEmail: values.contactEmail || null,
            delivers: values.delivers || null,
          }
          const made = await change(() => call(programmeApi.invite, { body }))
          setLink({ name: made.partner.name, ...made.link })
        }}
      >
        <p className="ls-quiet">{t('inviteHint', { days: LINK_DAYS })}</p>
        <Form.Item name="name" label={t('partnerName')} rules={[{ required: true, whitespace: true }]}>
          <Input maxLength={120} autoComplete="off" />
        </Form.Item>
        <Form.Item
          name="creditCode"
          label={t('creditCode')}
          extra={t('creditCodeHint')}
          rules={[{ required: true }, schemaRule(CreditCode, t)]}
        >
          <Input maxLength={18} autoComplete="off" />
        </Form.Item>
        <ContactFields />
      </EditDrawer>
      <LinkOnce link={link} onClose={() => setLink(undefined)} />
    </>
  )
}

export function ContactFields() {
  const t = useWords('programme')
  return (
    <>
      <Form.Item name="contactName" label={t('contactName')} rules={[{ required: true, whitespace: true }]}>
        <Input maxLength={60} autoComplete="off" />
      </Form.Item>
      <Form.Item name="contactPhone" label={t('contactPhone')} rules={[schemaRule(Phone, t)]}>
        <Input maxLength={30} autoComplete="off" />
      </Form.Item>
      <Form.Item name="contactEmail" label={t('contactEmail')} rules={[{ type: 'email' }]}>
        <Input maxLength={120} autoComplete="off" />
      </Form.Item>
      <Form.Item name="delivers" label={t('delivers')}>
        <Input.TextArea maxLength={500} placeholder={t('deliversExample')} autoSize={{ minRows: 2 }} />
      </Form.Item>
    </>
  )
}

/** The link the one time it is known. What is behind the # no server and no log sees. */
export function LinkOnce({ link, onClose }: { link: ShownLink | undefined; onClose: () => void }) {
  const t = useWords('programme')
  const { message } = App.useApp()
  if (!link) return null
  const address = `${location.origin}/join#${link.token}`
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(address)
      void message.success(t('copied'))
    } catch {
      void message.warning(t('ui:copyByHand'))
    }
  }
  return (
    <Modal
      open
      title={t('linkTitle')}
      mask={{ closable: false }}
      keyboard={false}
      closable={false}
      footer={
        <>
          <Button icon={<CopyOutlined aria-hidden />} onClick={() => void copy()}>
            {t('copy')}
          </Button>
          <Button type="primary" onClick={onClose}>
            {t('close')}
          </Button>
        </>
      }
    >
      <Alert type="warning" showIcon className="ls-form-failure" title={t('linkOnce', { name: link.name })} />
      <p>
        <code className="pg-link">{address}</code>
      </p>
      <p className="ls-quiet">{t('linkUntil', { at: formatDateTime(link.expiresAt) })}</p>
    </Modal>
  )
}
