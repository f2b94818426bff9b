/** Whose robots: 企业微信, 钉钉, 飞书. */
export const robotChannels = ['wecom', 'dingtalk', 'feishu'] as const
export type RobotChannel = (typeof robotChannels)[number]

/** Those that can be told to take only what bears a signature (加签, 签名校验). */
export const signingChannels: readonly string[] = ['dingtalk', 'feishu'] satisfies RobotChannel[]

/** An address as each of them gives it out; its last part is the key. */
export const robotUrlExamples: Record<RobotChannel, string> = {
  wecom: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…',
  dingtalk: 'https://oapi.dingtalk.com/robot/send?access_token=…',
  feishu: 'https://open.feishu.cn/open-apis/bot/v2/hook/…',
}
