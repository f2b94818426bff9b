import { App, Button, Form, Input, Space } from 'antd'
import { useState } from 'react'
import { call } from '#ui/api.ts'
import { EditModal } from '#ui/form.tsx'
import { useWords } from '#ui/i18n.ts'
import { Section } from '#ui/page.tsx'
import { type MailSettings, mailApi, type SentMail, TypedPhone } from '../mail-contract.ts'
import { useMailSettings, usePutMailSettings } from './queries.ts'

const channels = {
  mail: {
    of: ({ email, pendingEmail, available }: MailSettings) => ({ address: email, pending: pendingEmail, available }),
    set: (email: string) => call(mailApi.setEmail, { body: { email } }),
    confirm: (code: string) => call(mailApi.confirmEmail, { body: { code } }),
    remove: () => call(mailApi.removeEmail),
    words: {
      title: 'email',
      none: 'noEmail',
      pending: 'pending',
      set: 'setEmail',
      change: 'changeEmail',
      remove: 'removeEmail',
      removeTitle: 'removeTitle',
      removed: 'removed',
      label: 'email',
      example: 'emailExample',
      confirmed: 'confirmed',
      codeHint: 'codeHint',
    },
  },
  sms: {
    of: ({ sms }: MailSettings) => ({ address: sms.phone, pending: sms.pendingPhone, available: sms.available }),
    set: (phone: string) => call(mailApi.setPhone, { body: { phone } }),
    confirm: (code: string) => call(mailApi.confirmPhone, { body: { code } }),
    remove: () => call(mailApi.removePhone),
    words: {
      title: 'phone',
      none: 'noPhone',
      pending: 'phonePending',
      set: 'setPhone',
      change: 'changePhone',
      remove: 'removePhone',
      removeTitle: 'removePhoneTitle',
      removed: 'phoneRemoved',
      label: 'phoneNumber',
      example: 'phoneExample',
      confirmed: 'phoneConfirmed',
      codeHint: 'smsCodeHint',
    },
  },
} as const

/** The address or telephone, confirmed by a code that was sent there. */
export function AddressSection({ channel, settings }: { channel: SentMail['channel']; settings: MailSettings }) {
  const t = useWords('notifications')
  const { modal, message } = App.useApp()
  const [editing, setEditing] = useState<'address' | 'code'>()
  const put = usePutMailSettings()
  const { of, set, confirm, remove: removeCall, words } = channels[channel]
  const remove = useMailSettings(removeCall)
  const { address, pending, available } = of(settings)
  const say = (key: keyof typeof words, values?: Record<string, string>) => t(`settings.${words[key]}`, values)
  const shown = { email: address ?? '', phone: shownPhone(address ?? '') }
  const askRemove = () =>
    modal.confirm({
      title: say('removeTitle', shown),
      content: t('settings.removeText'),
      okButtonProps: { danger: true },
      okText: say('remove'),
      onOk: async () => {
        await remove.mutateAsync(undefined)
        void message.success(say('removed'))
      },
    })
  return (
    <Section title={say('title')}>
      <p>{address === null ? <span className="ls-quiet">{say('none')}</span> : channel === 'sms' ? shown.phone : address}</p>
      {pending && <p className="ls-quiet">{say('pending', { email: pending, phone: shownPhone(pending) })}</p>}
      <Space wrap>
        {pending && (
          <Button type="primary" onClick={() => setEditing('code')}>
            {t('settings.enterCode')}
          </Button>
        )}
        <Button type={pending || address ? 'default' : 'primary'} disabled={!available} onClick={() => setEditing('address')}>
          {say(address ? 'change' : 'set')}
        </Button>
        {address && (
          <Button danger onClick={askRemove}>
            {say('remove')}
          </Button>
        )}
      </Space>
      <EditModal<{ address: string }>
        open={editing === 'address'}
        title={say('set')}
        submitText={t('settings.sendCode')}
        successText={t('settings.codeSent')}
        onClose={() => setEditing((now) => (now === 'address' ? undefined : now))}
        onSubmit={async (values) => {
          put(await set(values.address.trim()))
          setEditing('code')
        }}
      >
        <Form.Item
          name="address"
          label={say('label')}
          extra={say('example')}
          rules={[
            { required: true },
            channel === 'mail'
              ? { type: 'email', transform: (text: string) => text.trim(), message: t('settings.emailInvalid') }
              : {
                  validator: async (_, text?: string) => {
                    if (text && !TypedPhone.safeParse(text).success) throw new Error(t('settings.phoneInvalid'))
                  },
                },
          ]}
        >
          <Input
            type={channel === 'mail' ? 'email' : 'tel'}
            maxLength={channel === 'mail' ? 200 : 40}
            autoComplete={channel === 'mail' ? 'email' : 'tel'}
            autoFocus
          />
        </Form.Item>
      </EditModal>
      <EditModal<{ code: string }>
        open={editing === 'code'}
        title={t('settings.enterCode')}
        successText={say('confirmed')}
        onClose={() => setEditing((now) => (now === 'code' ? undefined : now))}
        onSubmit={async ({ code }) => put(await confirm(code))}
        fieldOfCode={{ 'notifications.wrongCode': ['code'] }}
      >
        <Form.Item
          name="code"
          label={t('settings.code')}
          extra={say('codeHint')}
          rules={[{ required: true, pattern: /^\s*\d{6}\s*$/, message: say('codeHint') }]}
        >
          <Input inputMode="numeric" maxLength={8} autoComplete="one-time-code" autoFocus />
        </Form.Item>
      </EditModal>
    </Section>
  )
}

/** Numbers of mainland China without their prefix, in groups: 138 1234 5678. */
const shownPhone = (phone: string): string => phone.replace(/^\+86(\d{3})(\d{4})(\d{4})$/, '$1 $2 $3')
