/**
 * How refusals begin in other languages than English, in lower case: an apology and what follows it, or what the model
 * does not or cannot do. A model may be asked in one language and refuse in another.
 */
export const foreignRefusals: readonly RegExp[] = [
  // German
  /^(?:es tut mir (?:sehr |wirklich )?leid|tut mir leid|entschuldigung|verzeihung)[^.!?\p{L}][^.!?]{0,80}\b(?:ich|aber|diese[rsnm]?)(?!\p{L})/u,
  /^(?:leider (?:kann|darf) ich|ich (?:kann|darf|möchte|bin)(?: \p{L}+){0,6} (?:nicht|keine?n?|leider|lage))(?!\p{L})/u,
  /^als (?:ki|künstliche intelligenz|sprachmodell)(?!\p{L})/u,
  /\b(?:kann|darf|werde) ich(?!\p{L})[^.!?]{0,60}(?:keine (?:[a-zäöü]+ )?beschreibung|nicht (?:beschreiben|helfen))/u,
  // French
  /^(?:je suis (?:vraiment |sincèrement )?désolée?|désolée?|toutes mes excuses|je regrette|je m'excuse|malheureusement)[^.!?\p{L}][^.!?]{0,80}\b(?:je|mais|cette|ce)(?!\p{L})/u,
  /^je (?:ne (?:peux|puis|suis pas|saurais|pourrai|dispose)|n'ai pas|refuse de|préfère ne)(?!\p{L})/u,
  /^en tant qu(?:e modèle|'(?:ia|assistant|intelligence|modèle))(?!\p{L})/u,
  // Spanish
  /^(?:lo siento|lo lamento|lamento|disculpa|disculpe|perdón|perdona|lamentablemente)[^.!?\p{L}][^.!?]{0,80}\b(?:no|pero|como)(?!\p{L})/u,
  /^no (?:puedo|me es posible|estoy (?:autorizad|capacitad|en condiciones)|tengo (?:la capacidad|acceso))/u,
  /^como (?:modelo de|una? (?:ia|inteligencia|asistente))(?!\p{L})/u,
  // Portuguese
  /^(?:desculpe|desculpa|sinto muito|lamento|peço desculpas?|me desculpe|infelizmente)[^.!?\p{L}][^.!?]{0,80}\b(?:não|mas)(?!\p{L})/u,
  /^(?:eu )?não (?:posso|consigo|é possível|tenho (?:permissão|capacidade|acesso)|estou autorizad)/u,
  // Italian
  /^(?:mi dispiace|mi spiace|scusa|scusami|purtroppo)[^.!?\p{L}][^.!?]{0,80}\b(?:non|ma)(?!\p{L})/u,
  /^non (?:posso|sono in grado|mi è possibile|ho (?:accesso|la capacità))(?!\p{L})/u,
  // Dutch
  /^(?:het spijt me|sorry|helaas)[^.!?\p{L}][^.!?]{0,60}\bik (?:kan|mag|ben)(?!\p{L})/u,
  /^(?:helaas kan ik|ik (?:kan|mag)(?: \p{L}+){0,4} (?:niet|geen))(?!\p{L})/u,
  /\bich (?:kann|darf|werde)(?!\p{L})[^.!?]{0,60} nicht (?:beschreiben|helfen|anzeigen|verarbeiten|erstellen|identifizieren|beantworten)(?!\p{L})/u,
  // Russian
  /^[^\n]{0,200}не (?:могу|можем) (?:описать|помочь|предоставить|выполнить|ответить|обработать|создать)(?!\p{L})/u,
  /^(?:извините|простите|прошу прощения|приношу извинения|к сожалению|мне (?:очень )?жаль)[^.!?]{0,80}(?:не (?:могу|в состоянии|имею|способ)|, но)/u,
  /^я не (?:могу|в состоянии|имею возможности|способ|буду)(?!\p{L})/u,
  // Polish
  /^(?:przepraszam|przykro mi|niestety)[^.!?\p{L}][^.!?]{0,80}\bnie (?:mogę|jestem)(?!\p{L})/u,
  // Chinese
  /^(?:无法|無法|不能)(?:描述|识别|提供|处理|满足)/u,
  /^(?:我(?:很|非常|十分|深感)?|实在)(?:抱歉|遗憾)/u,
  /^[^\n]{0,100}(?:我(?:们)?(?:无法|無法|不能|不便)|(?:无法|無法|不能)(?:为您|提供|识别|处理|满足|协助|查看|生成|对(?:此|该|这)))/u,
  /^(?:非常|很|十分|真的)?(?:抱歉|对不起|對不起|不好意思)[,，、。！!\s]*(?:但|不过|不過|我|您|这|這|由于|由於|作为|作為|无法|無法|不能|该|該|关于|關於)/u,
  /^(?:我|本助手)(?:无法|無法|不能|不便|没办法|沒辦法|不可以|拒绝|拒絕)/u,
  /^(?:作为|作為)(?:一个|一個|一名|一款)?\s?(?:ai|人工智能|人工智慧|语言模型|大型)/u,
  /^(?:您|你)的(?:请求|請求|问题|要求)[^。]{0,20}(?:违反|違反|不符|无法|無法|被拒)/u,
  // Japanese
  /^(?:大変|誠に)?(?:申し訳|申しわけ)(?:ありません|ございません|ない)|^(?:すみません|ごめんなさい|恐れ入ります)(?:が|、|。|,)/u,
  /^(?:この|その|ご)(?:画像|リクエスト|内容|要求|要望|依頼|ご要望|ご依頼)[^。]{0,30}(?:でき(?:ません|かねます)|いたしかねます)/u,
  /^(?:私は)?(?:ai|人工知能|言語モデル)(?:な?ので|として|であり)/u,
  /^[^\n]{0,100}(?:説明|描写|対応|お答え|お応え|提供|生成|表示|記述|お手伝い)[^。\n]{0,10}(?:できません|出来ません|できかねます|いたしかねます)/u,
  // Korean
  /^[^\n]{0,100}(?:설명|묘사|제공|도와|처리|답변|생성|식별)[^.\n]{0,12}수 ?(?:가 )?없(?:습니다|어요|네요)/u,
  /^(?:정말 |대단히 )?(?:죄송|미안)(?:합니다|하지만|해요|스럽지만)|^저는 .{0,30}(?:수 없|없습니다)|^(?:요청하신|해당) .{0,30}수 없습니다/u,
];
