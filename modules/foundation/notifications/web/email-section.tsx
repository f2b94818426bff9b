import { App, Button, Form, Input, Space } from 'antd'
import { useState } from 'react'
import { call } from '#ui/api.ts'
import { EditModal } from '#ui/form.tsx'
import { useWords } from '#ui/i18n.ts'
import { Section } from '#ui/page.tsx'
import { type MailSettings, mailApi } from '../mail-contract.ts'
import { useMailSettings, usePutMailSettings } from './queries.ts'

/** The address, confirmed by a code that was sent there. */
export function EmailSection({ settings }: { settings: MailSettings }) {
  const t = useWords('notifications')
  const { modal, message } = App.useApp()
  const [editing, setEditing] = useState<'address' | 'code'>()
  const put = usePutMailSettings()
  const remove = useMailSettings(() => call(mailApi.removeEmail))
  const { email, pendingEmail } = settings
  const askRemove = () =>
    modal.confirm({
      title: t('settings.removeTitle', { email: email ?? '' }),
      content: t('settings.removeText'),
      okButtonProps: { danger: true },
      okText: t('settings.removeEmail'),
      onOk: async () => {
        await remove.mutateAsync(undefined)
        void message.success(t('settings.removed'))
      },
    })
  return (
    <Section title={t('settings.email')}>
      <p>{email ?? <span className="ls-quiet">{t('settings.noEmail')}</span>}</p>
      {pendingEmail && <p className="ls-quiet">{t('settings.pending', { email: pendingEmail })}</p>}
      <Space wrap>
        {pendingEmail && (
          <Button type="primary" onClick={() => setEditing('code')}>
            {t('settings.enterCode')}
          </Button>
        )}
        <Button type={pendingEmail || email ? 'default' : 'primary'} disabled={!settings.available} onClick={() => setEditing('address')}>
          {t(email ? 'settings.changeEmail' : 'settings.setEmail')}
        </Button>
        {email && (
          <Button danger onClick={askRemove}>
            {t('settings.removeEmail')}
          </Button>
        )}
      </Space>
      <EditModal<{ email: string }>
        open={editing === 'address'}
        title={t('settings.setEmail')}
        submitText={t('settings.sendCode')}
        successText={t('settings.codeSent')}
        onClose={() => setEditing((now) => (now === 'address' ? undefined : now))}
        onSubmit={async (values) => {
          put(await call(mailApi.setEmail, { body: { email: values.email.trim() } }))
          setEditing('code')
        }}
      >
        <Form.Item
          name="email"
          label={t('settings.email')}
          extra={t('settings.emailExample')}
          rules={[{ required: true }, { type: 'email', transform: (text: string) => text.trim(), message: t('settings.emailInvalid') }]}
        >
          <Input type="email" maxLength={200} autoComplete="email" autoFocus />
        </Form.Item>
      </EditModal>
      <EditModal<{ code: string }>
        open={editing === 'code'}
        title={t('settings.enterCode')}
        successText={t('settings.confirmed')}
        onClose={() => setEditing((now) => (now === 'code' ? undefined : now))}
        onSubmit={async ({ code }) => put(await call(mailApi.confirmEmail, { body: { code } }))}
        fieldOfCode={{ 'notifications.wrongCode': ['code'] }}
      >
        <Form.Item
          name="code"
          label={t('settings.code')}
          extra={t('settings.codeHint')}
          rules={[{ required: true, pattern: /^\s*\d{6}\s*$/, message: t('settings.codeHint') }]}
        >
          <Input inputMode="numeric" maxLength={8} autoComplete="one-time-code" autoFocus />
        </Form.Item>
      </EditModal>
    </Section>
  )
}
