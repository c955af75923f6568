/**
 * By what a sentence about the task is known in a language: who or what it speaks of (a picture, a description, a
 * request, help), and the words with which a model refuses, asks for a picture or says that it takes none.
 */
interface TaskWords {
  of: RegExp;
  no: RegExp;
}

const languages: readonly TaskWords[] = [
  // German
  {
    of: /bild|foto|beschreib|anfrage|inhalt|helf|hilfe|aufgabe|bildunterschrift|richtlinie/,
    no: /(?:kann|darf|werde|möchte|will|muss|soll)\b.{0,20}\bich\b.{0,60}\b(?:nicht|kein\p{L}*|nichts|ablehnen|verzichten)|\bich\b.{0,60}\b(?:nicht|kein\p{L}*|nichts|ablehnen|verzichten|verweigere|lehne)|unterstützt keine|(?:leider|ist|wird|nicht) (?:\p{L}+ )?nicht (?:möglich|zulässig|erlaubt|beschrieben|verfügbar)|nicht beschrieben werden|verstößt|^bitte (?:laden|senden|schicken|lade|sende|schicke)|ablehnen/u,
  },
  // French
  {
    of: /image|photo|décri|description|demande|légende|contenu|aider|règles/,
    no: /\bje (?:ne|n'|préfère|refuse|dois|suis (?:dans l'impossibilité|incapable))|m'est (?:impossible|interdit)|impossible|(?:enfreint|viole|contrevient)|aucune (?:description|image|légende)|ne (?:peut|peux|sera) (?:pas )?(?:être|décrire)?|^(?:veuillez|merci de) (?:envoyer|fournir|télécharger|joindre)|pas en mesure/u,
  },
  // Spanish
  {
    of: /imagen|foto|describ|descripción|solicitud|contenido|ayudar|petición|políticas/,
    no: /no (?:puedo|me es|es posible|se puede|estoy|voy a|está disponible|debo|se admite)|(?:prefiero|debo|decido) (?:no|abstenerme|rechazar|declinar)|infringe|viola|imposible|rechaz|^(?:por favor|favor de)[, ].{0,20}(?:sub|enví|proporcion|adjunt|compart)|ninguna (?:imagen|descripción)/u,
  },
  // Portuguese
  {
    of: /imagem|foto|descrev|descrição|solicitação|pedido|conteúdo|ajudar|diretrizes/,
    no: /não (?:posso|consigo|me é|é possível|pode|está disponível|vou|devo|estou)|prefiro não|recus|viola|impossível|^(?:por favor)[, ].{0,20}(?:envi|forne|carreg|anex|compartilh)|nenhuma (?:imagem|descrição)/u,
  },
  // Italian
  {
    of: /immagine|foto|descriv|descrizione|richiesta|contenuto|aiutar|linee guida/,
    no: /non (?:posso|mi è|è possibile|sono in grado|può|è disponibile|intendo|riesco)|preferisco non|rifiut|viola|impossibile|^(?:per favore|si prega)[, ].{0,20}(?:inv|carica|forni|allega|condivid)|nessuna (?:immagine|descrizione)/u,
  },
  // Dutch
  {
    of: /afbeelding|foto|beschrijv|verzoek|inhoud|helpen|plaatje|richtlijn/,
    no: /\bik\b.{0,40}\b(?:niet|geen|weiger)|\b(?:kan|mag|wil) ik\b.{0,60}\b(?:niet|geen)|niet (?:mogelijk|ondersteund|toegestaan|worden beschreven)|ondersteunt geen|^(?:upload|stuur) /u,
  },
  // Swedish, Norwegian, Danish
  {
    of: /\bbild|foto|beskriv|begäran|forespørsel|innehåll|hjälp|hjelp|hjælp|billed|anmodning/,
    no: /\bjag\b.{0,40}\binte|\binte\b.{0,20}\b(?:möjligt|beskriva)|(?:kan|får|vill) jag inte|\bjeg\b.{0,40}\bikke|kan ikke (?:beskriv|hjelp|hjælp)|(?:kan|vil|må) jeg .{0,20}ikke/u,
  },
  // Finnish
  {
    of: /kuva|kuvau|kuvail|pyyn|auttaa/,
    no: /\ben (?:voi|pysty|osaa|saa|halua)\b|ei (?:voida|voi|ole mahdollista) kuva/u,
  },
  // Polish, Czech, Slovak
  {
    of: /obraz|zdjęci|opis|prośb|pomóc|obráz|popis|fotk|fotografi|žádost|pomoci|pomôcť|žiadosť/,
    no: /nie (?:mogę|jestem w stanie|mogła|chcę|można|da się)|odmawiam|\bnemohu\b|\bnemůžu\b|\bnelze\b|\bnesmím\b|odmítám|\bnemôžem\b|nedokáž|\bnepopíš/u,
  },
  // Hungarian, Romanian
  { of: /kép|leír|kérés|segít/, no: /nem (?:tudom|tudok|lehet|áll módomban|segíthetek|írhatom)|elutasít/u },
  {
    of: /imagin|fotograf|descri|solicit|cerere|ajut|poz[aă]/,
    no: /nu (?:pot|este posibil|sunt|am voie|se poate)|refuz/u,
  },
  // Turkish
  {
    of: /görüntü|resm|resim|fotoğraf|görsel|istek|isteğ|açıkla|tanımla|betimle|yardım/,
    no: /(?:a|e)m(?:am|em|ıyorum|iyorum|ayız|eyiz)\b|mümkün değil|reddedi|yapamam|yükleyin/u,
  },
  // Greek
  { of: /εικόνα|φωτογραφία|περιγρά|αίτημα|βοηθήσω/, no: /δεν (?:μπορώ|είναι δυνατ|μου επιτρέπεται|δύναμαι)|αρνούμαι/u },
  // Russian, Ukrainian, Bulgarian
  {
    of: /изображени|фото|картинк|описа|описыва|запрос|помочь|содержани|зображенн|опис|допомог|запит|снимк/,
    no: /не (?:могу|можу|мога|буду|имею|в состоянии|в змозі|стану|смогу)|предпочту не|предпочитаю не|отказыва|відмовля|запрещено|заборонено|недоступн|невозможно|неможливо|наруша|^(?:пожалуйста|будь ласка)[, ].{0,30}(?:загрузи|отправ|пришли|предостав|завантаж|надішл)|не может быть|нельзя описать/u,
  },
  // Indonesian, Malay
  {
    of: /gambar|foto|deskripsi|permintaan|membantu|konten/,
    no: /tidak (?:bisa|dapat|boleh|mampu|akan)|menolak|^(?:silakan|mohon|tolong) (?:unggah|kirim|berikan)/u,
  },
  // Vietnamese, Thai
  { of: /hình|ảnh|mô tả|yêu cầu|giúp/, no: /không thể|từ chối|không được phép|vui lòng (?:tải|gửi|cung cấp)/u },
  { of: /ภาพ|รูป|อธิบาย|บรรยาย|คำขอ|ช่วย/, no: /ไม่สามารถ|ปฏิเสธ|ไม่อนุญาต|ขออภัย|ขอโทษ/u },
  // Arabic, Hebrew, Persian, Hindi
  { of: /صور|وصف|طلب|مساعد|محتوى/, no: /لا (?:يمكن|أستطيع|أقدر|يسعني)|لن (?:أ|يتم)|أعتذر|عذر|أرفض|تعذر/u },
  { of: /תמונ|תאר|תיאור|בקש|לעזור|תוכן/, no: /(?:אני |אנו )?לא (?:יכול|מסוגל|ניתן|אוכל)|מסרב|אי אפשר/u },
  { of: /تصویر|عکس|توصیف|درخواست|کمک/, no: /نمی‌?توانم|متأسف|امکان‌?پذیر نیست/u },
  { of: /छवि|चित्र|तस्वीर|वर्णन|अनुरोध|मदद/, no: /नहीं (?:कर|दे|हो) सक|असमर्थ|क्षमा|माफ़/u },
  // Chinese
  {
    of: /图片|圖片|图像|圖像|照片|画面|内容|描述|请求|請求|帮助|提供|协助/,
    no: /(?:无法|無法|不能|不便|不可|拒绝|拒絕|不适合|不適合|不宜)(?:为您|對|对|給|给|进行|進行)?.{0,8}(?:描述|提供|识别|識別|处理|查看|看到|回答|协助|協助|帮助|满足|生成|访问|讨论)|(?:抱歉|对不起|對不起|遗憾|遺憾).{0,30}(?:不|无|無)|^请(?:您)?(?:上传|提供|发送|重新)|(?:未|没有|沒有)(?:收到|看到|检测到|上传).{0,6}(?:图|圖|照)|语言模型|語言模型|违反|違反/u,
  },
  // Japanese
  {
    of: /画像|写真|説明|描写|リクエスト|依頼|要望|お手伝い|キャプション|内容/,
    no: /(?:でき|いたし|出来|致し|応え|答え|られ)(?:ません|かねます|兼ねます)|控え(?:させて|ます|て)|お断り|差し控え|(?:添付|提供|アップロード)されて(?:いない|いません|おりません)|(?:アップロード|送信|添付)して(?:ください|下さい)/u,
  },
  // Korean
  {
    of: /이미지|사진|그림|설명|묘사|요청|도와|캡션|내용/,
    no: /수 ?(?:가 )?없(?:습니다|어요|네요|음)|거부|거절|(?:업로드|첨부|제공)해 ?주(?:세요|십시오)|어렵습니다|않겠습니다/u,
  },
];

/** Apologies and other first words of a refusal, which no caption begins with. */
const apologies =
  /^(?:maaf|mohon maaf|xin lỗi|rất tiếc|ขออภัย|ขอโทษ|عذر|آسف|أعتذر|للأسف|מצטער|סליחה|מתנצל|متأسف|क्षमा|माफ़ |λυπάμαι|συγγνώμη|omlouvám|bohužel|ospravedlňujem|sajnál|elnézést|îmi pare rău|ne pare rău|ursäkta|tyvärr|beklager|dessverre|desværre|undskyld|valitettavasti|pahoittelen|вибачте|перепрошую|на жаль|за съжаление|üzgün|özür dilerim|maalesef|het spijt|izvin|žao mi je)/u;

/** Words of a text in a picture. */
const reported =
  /[„“"«「『]|steht (?:auf|in|an)|liest man|aufschrift|est écrit|inscription|dice el|se lee|se lê|si legge|надпис|と書かれ|写着|寫著|라고 적/u;
/** How many sentences are looked at. */
const sentencesLookedAt = 2;
/** A sentence of a refusal is shorter, in characters. */
const longestSentence = 240;

/**
 * Whether a text in another language than English speaks of the task, and refuses or asks for a picture.
 * @param plain in lower case
 */
export function isForeignTaskTalk(plain: string): boolean {
  if (apologies.test(plain)) return true;
  return plain
    .split(/(?<=[.!?…])\s+|(?<=[。！？])|\n+/)
    .slice(0, sentencesLookedAt)
    .some(
      (sentence) =>
        sentence.length <= longestSentence &&
        !reported.test(sentence) &&
        languages.some(({ of, no }) => no.test(sentence) && of.test(sentence)),
    );
}
