//! The words that decide what a clause does with an option, in the languages that models reply in.
//!
//! In: tokens. Out: at a position, the longest known phrase and its role. English and Chinese are complete enough for denials,
//! hedges and corrections; of other languages there are the words for "answer", "or" and "not".

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::tokens::{Kind, Tokens};

/// What a phrase does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// "final answer".
    Final,
    /// "answer": what follows is stated.
    Answer,
    /// "choose": what follows is chosen.
    Choose,
    /// "it is".
    Points,
    /// "a total of": the sum of the numbers before it.
    Total,
    /// "option", "letter": a noun that goes with a letter.
    Noun,
    /// "is", "does": a finite verb that says nothing by itself.
    Verb,
    /// "not", "never".
    Not,
    /// "wrong", "rule out", "unlikely".
    Deny,
    /// "rather than", "anything but": what follows is set aside.
    Except,
    /// "no doubt", "none other than": a denial in form alone.
    Sure,
    /// "think", "evidence": passes a denial on to what depends on it.
    Attitude,
    /// "maybe", "probably".
    Maybe,
    /// "could", "might".
    Could,
    /// "possible", "a contender".
    Possible,
    /// "if", "whether".
    If,
    /// "although": what follows is granted, not stated.
    Concede,
    /// "some might say", "at first": the words of another, or of an earlier time.
    Others,
    /// "such as".
    Example,
    /// "answer with": words of the prompt.
    Instruct,
    /// "or".
    Or,
    /// "otherwise".
    Else,
    /// "and".
    And,
    /// "between", "among".
    Among,
    /// "but", "so", "because": a new clause.
    Split,
    /// "wait", "actually": what follows replaces what was said.
    Turn,
    /// "scratch that": what was said is taken back.
    Retract,
    /// "correct", "true".
    Right,
    /// "yes".
    Yes,
    /// "that".
    That,
    /// "which", "who".
    Relative,
    /// A word that may stand between a phrase and its answer.
    Between,
}

/// Phrases by role, separated by bars.
const PHRASES: &[(Role, &str)] = &[
    (
        Role::Final,
        "final answer|final choice|final decision|final response|final verdict|ultimate answer|最终答案|最終答案|最后答案|\
         最终选择|最终选",
    ),
    (
        Role::Answer,
        "answer|answer's|ans|correct option|correct choice|correct letter|right option|right choice|right letter|best option|\
         best choice|correct options are|correct one|right one|answer key|solution|conclusion|verdict|correct response|\
         答案|答え|回答|正解|正确选项|正確選項|正确的选项|正确的是|正確的是|结论|정답|답|respuesta|réponse|reponse|antwort|ответ|відповідь|\
         resposta|risposta|jawaban|cevap|odpowiedź|antwoord|đáp án|الإجابة|الجواب",
    ),
    (
        Role::Choose,
        "prefer|choose|choosing|chose|chosen|pick|picking|picked|select|selecting|selected|go with|going with|went with|go for|\
         going for|opt for|opting for|opted for|i'd say|would say|i say|guess|guessing|settle on|settling on|settled on|\
         settle for|lean toward|lean towards|leaning toward|leaning towards|vote for|vote|my pick|bet on|my bet|best bet|\
         conclude|stick with|sticking with|gut says|my selection|my choice|my money is on|leaning to|选|選|选择|選擇|故选|应选|應選|选的是|\
         我猜|猜|答",
    ),
    (
        Role::Points,
        "it's|it is|that's|that is|this is|it must be|it has to be|it should be|it would be|it was|that must be|that would be",
    ),
    (
        Role::Total,
        "total of|total is|total was|total|sum is|secret word is|secret word was|secret word shown is|secret word mentioned is|hidden word is|password is|code word is|overall count|count is|共|一共|总共|總共|合计|总计",
    ),
    (
        Role::Noun,
        "option|options|choice|choices|letter|letters|选项|選項|字母|opción|opcion|opção|вариант|lettre|letra|alternative|项|項",
    ),
    (
        Role::Verb,
        "is|was|are|were|be|been|being|am|do|does|did|can|will|would|shall|should|must|has|have|had|seems|seem|seemed|appears|\
         appear|appeared|looks|look|looked|shows|gets|remains|stays|es|est|ist|é|è|là|это|هي|هو|adalah|是|为|為|会|會|要|能|可以|想|敢|は|은|는|이|가|被",
    ),
    (
        Role::Not,
        "not|isn't|isnt|wasn't|wasnt|aren't|weren't|doesn't|doesnt|didn't|didnt|don't|dont|won't|wouldn't|wouldnt|\
         shouldn't|couldn't|can't|cant|cannot|hasn't|haven't|hadn't|mustn't|ain't|never|no|nor|neither|none|nobody|nothing|\
         nowhere|hardly|barely|without|n't|nicht|kein|keine|keinen|pas|não|nao|не|нет|nie|nem|değil|không|ليس|bukan|niet|\
         不|没|沒|非|未|无|無|别|勿|莫|并非|并不是|并没有|并不|并未|ない",
    ),
    (
        Role::Deny,
        "wrong|incorrect|false|unlikely|less likely|least likely|untrue|impossible|inaccurate|invalid|mistaken|absent|\
         missing|lacks|lack|rule out|rules out|ruled out|ruling out|out of the question|implausible|improbable|\
         eliminate|eliminates|eliminated|eliminating|exclude|excludes|excluded|excluding|dismiss|dismissed|reject|\
         rejected|rejecting|discard|discarded|discount|discounted|doubt|doubts|doubted|doubtful|cross out|crossed out|cross off|\
         fail to|fails to|failed to|refuse|far from|unable to|distractor|distractors|decoy|red herring|trap|no chance|least|at least|at most|a mistake|a bad choice|a poor choice|an error|is out|are out|was out|disagree|disagrees|against|avoid|makes no sense|make no sense|unrelated|\
         irrelevant|no way|misleading|worst|unsupported|ruled|\
         错|錯|错误|錯誤|错的|排除|否定|有误|不对|不對|剔除|去掉|干扰项|不是答案|ではない|じゃない|ではありません|ではなく|이 아니|가 아니|아닙니다|아니|\
         falsch|falso|incorrecta|incorrecto|❌|✗|✘|❎|×|☐",
    ),
    (
        Role::Except,
        "except|except for|besides|rather than|instead of|other than|than|unlike|as opposed to|opposed to|over|anything but|\
         everything but|all but|all options but|all choices but|every option but|all others but|all of them but|all the options but|anyone but|apart from|aside from|different from|in contrast to|contrary to|confused with|\
         mistaken for|mistake for|confuse with|而不是|而非|除了|除去|除|不同于|不像|有别于",
    ),
    (
        Role::Sure,
        "no doubt|without doubt|without a doubt|without any doubt|no question|without question|beyond doubt|beyond any doubt|\
         beyond a doubt|not only|not just|none other than|no other than|nothing but|nothing other than|nothing else than|\
         no one but|nobody but|none but|can't be anything but|cannot be anything but|can't be anything other than|\
         cannot be anything other than|couldn't be anything but|can only be|don't doubt|do not doubt|never doubt|\
         no other option than|no other choice than|no choice but|no alternative but|no surprise|no wonder|no matter|no problem|\
         no need|no less than|not to mention|not surprisingly|cannot deny|can't deny|cannot be wrong|can't be wrong|\
         can't go wrong with|没错|沒錯|无疑|無疑|毫无疑问|毫無疑問|不过|不過|不仅|不但|不只|不难看出|没问题|不得不|不用说|无非|无一例外|不言而喻",
    ),
    (
        Role::Attitude,
        "think|thinks|believe|believes|say|saying|said|know|sure|certain|convinced|confident|agree|confirm|confirms|\
         claim|suggest|suggests|suggesting|indicate|indicates|indicating|evidence|proof|reason|sign|find|see|saw|\
         seeing|why|how|prove|justify|support|supports|mean|means|assume|argue|hint|feel|guarantee|consider|expect|tell|verify|\
         call|认为|觉得|相信|能说|敢说|确定|认同",
    ),
    (
        Role::Maybe,
        "most plausible|most probable|most possible|more likely|more plausible|best candidate|strongest candidate|only candidate|only possible|only plausible|最可能|最有可能|最可能的|maybe|perhaps|possibly|probably|likely|most likely|presumably|seemingly|apparently|arguably|conceivably|potentially|\
         可能|也许|或许|大概|估计|好像|似乎|恐怕|多半|可能是|也许是|大概是|vielleicht|peut-être|quizás|tal vez|talvez|forse|может быть",
    ),
    (
        Role::Could,
        "could|might|may|could be|might be|may be|can be|could also be|might also be|may also be|也可能|也可能是|也许也是",
    ),
    (
        Role::Possible,
        "would also accept|also accept|would accept|so does|so is|so did|so would|so could|so might|as does|as is|possible|plausible|possibility|conceivable|contender|contenders|candidate|candidates|in play|still open|也有可能|有可能|也行|也可以",
    ),
    (
        Role::If,
        "if|let's assume|let us assume|imagine|before i|难道|莫非|会不会|whether|assuming|suppose|supposing|provided that|in case|had it|were it|如果|假如|假设|倘若|要是|若|是否|是不是|wenn",
    ),
    (
        Role::Concede,
        "although|though|even though|even if|while|whereas|despite|in spite of|尽管|虽然|即使|雖然|儘管",
    ),
    (
        Role::Others,
        "some might|some may|some would|some could|some people|some say|some will|some viewers|some think|someone might|\
         people may|people might|people would|others say|others might|others may|others would|one might|one may|one could|\
         you might|you may|you could|many would|many people|it is tempting|tempting|tempted|first thought|initially|at first|\
         originally|initial answer|initial guess|initial choice|initial thought|previous answer|previously|earlier answer|\
         earlier i|first impression|first glance|first sight|was going to|was about to|almost said|almost chose|almost picked|\
         nearly chose|user says|user said|common mistake|could have been|would have been|might have been|may have been|\
         thought it was|was thinking|thought the answer was|一开始|起初|最初|有人|有些人|别人|原本|乍一看|本来|差点|先前|之前以为|曾以为|一度|本以为",
    ),
    (
        Role::Example,
        "such as|e.g|example|examples|for example|for instance|something like|letter like|answer like|options like|例如|比如|譬如|比方说|诸如|如",
    ),
    (
        Role::Instruct,
        "answer with|respond with|reply with|answer only|respond only|reply only|please answer|answer using|answer by|\
         in the format|in the form|in this format|following format|choose from|select from|choose one|select one|pick one|\
         one of the following|options are|options were|options include|choices are|choices were|choices include|\
         available options|possible answers|possible answers are|answer options|answer choices|single letter|only the letter|just the letter|\
         format your answer|asked to|one of|you want me to|从以下|从下列|请用|请回答|请选择|请从|选项有|选项是|选项为|选项包括|选项如下|\
         选项分别|只需回答|直接回答|格式为|格式是",
    ),
    (
        Role::Or,
        "or|o|either|or else|failing that|ou|alternatively|oder|и|или|或|或者|还是|還是|要么|抑或|か|または|또는|hoặc|atau",
    ),
    (Role::Else, "otherwise|else|unless|否则|不然"),
    (Role::And, "and|y|both|plus|as well as|along with|und|和|与|與|及|以及|跟|と|그리고|tanto"),
    (Role::Among, "between|among|amongst|out of|介于|torn between"),
    (
        Role::Split,
        ", only|, just|, 只有|, 只|but|so|because|since|therefore|thus|hence|however|yet|leaving|leaves|which leaves|making|and so|and therefore|\
         nevertheless|accordingly|consequently|given that|as a result|\
         但|但是|而|而是|所以|因此|因为|因為|由于|然而|那么|则|则是|于是|可是|就是|sondern|aber|sino|mais|pero|mas",
    ),
    (
        Role::Turn,
        "wait|hold on|actually|correction|sorry|oops|on second thought|on second thoughts|let me correct|let me rethink|\
         let me reconsider|let me recheck|let me re|let me double|i mean|i meant|hmm|hm|changed my mind|change my mind|change my answer|\
         changing my answer|on reflection|upon reflection|upon closer|on closer|looking again|looking closer|revised|\
         updated answer|correcting|edit|my apologies|apologies|rather|instead|in fact|\
         等等|等一下|等下|更正|纠正|抱歉|改选|改为|改成|重新|其实|实际上|再看|仔细一看|仔细看|修正|哦不|噢不",
    ),
    (
        Role::Retract,
        "let me look again|let me look at the frames again|let me look at the video again|let me watch it again|let me watch again|\
         let me check again|let me look closer|let me look closely again|scratch that|strike that|never mind|nevermind|i was wrong|i am wrong|i'm wrong|that's wrong|that is wrong|that was wrong|that's not right|\
         that is not right|that's incorrect|that is incorrect|i take that back|that can't be right|that cannot be right|\
         my mistake|my bad|no wait|wait no|i made a mistake|i made an error|i misread|i misspoke|i stand corrected|这不对|说错了|我错了|搞错了|\
         看错了|写错了|刚才说错了",
    ),
    (
        Role::Right,
        "correct|right|true|accurate|best fit|the one|正确|正確|对|對|对的|√|✅|✓|✔|☑|correcta|correcto|richtig|correta",
    ),
    (Role::Yes, "yes|yeah|yep|indeed|是的|对的|没错的"),
    (Role::That, "that"),
    (Role::Relative, "which|who|where|when|whose"),
    (
        Role::Between,
        "if i had to guess|if i had to choose|if i had to pick|if i had to|if i have to guess|if i have to choose|if i have to|\
         if forced|if i must|if pressed|if i'm not mistaken|if i am not mistaken|if you ask me|as if|if needed|if necessary|\
         if required|if anything|to|the|this|your|my|our|question|most|definitely|clearly|then|best|final|text|textbf|mathbf|mathrm|boxed|a|an|\
         la|le|el|die|der|only|simply|just|indeed|certainly|surely|again|here|therefore i|now|still|very|highly|obviously|\
         given|above|following|of|for|think|i|应|該|该|应该|應該|的|择|了|我|只|只能|一定|显然|肯定|绝对|明显|就|这|题|本题|此题|这道题|这题|这个问题",
    ),
];

/// A phrase as words.
struct Phrase {
    words: Vec<String>,
    role: Role,
}

/// Known phrases by their first word, longest first.
static LEXICON: LazyLock<BTreeMap<String, Vec<Phrase>>> = LazyLock::new(|| {
    let mut lexicon: BTreeMap<String, Vec<Phrase>> = BTreeMap::new();
    for (role, phrases) in PHRASES {
        for phrase in phrases.split('|') {
            let tokens = Tokens::new(phrase);
            let words: Vec<String> = (0..tokens.len()).map(|at| tokens.text(at).to_owned()).collect();
            if let Some(first) = words.first() {
                lexicon.entry(first.clone()).or_default().push(Phrase { words, role: *role });
            }
        }
    }
    for entries in lexicon.values_mut() {
        // A stable sort: of equally long phrases the one of the earlier role holds.
        entries.sort_by_key(|phrase| std::cmp::Reverse(phrase.words.len()));
    }
    lexicon
});

/// The longest known phrase at `at`: its role, and the position after it.
pub(super) fn phrase(tokens: &Tokens, at: usize) -> Option<(Role, usize)> {
    let entries = LEXICON.get(tokens.text(at))?;
    entries.iter().find_map(|Phrase { words, role }| {
        let fits = words.iter().enumerate().all(|(offset, word)| tokens.text(at + offset) == word);
        fits.then_some((*role, at + words.len()))
    })
}

/// Whether `word` is a verb that says nothing by itself.
pub(super) fn is_verb(word: &str) -> bool {
    let entries = LEXICON.get(word).into_iter().flatten();
    entries.filter(|phrase| phrase.words.len() == 1).any(|phrase| phrase.role == Role::Verb)
}

/// Words that open a question which names nothing by itself.
const ASKING: &[&str] = &[
    "is", "are", "was", "were", "does", "did", "do", "could", "can", "would", "should", "which", "what",
    "who", "why", "how", "where", "when", "might", "will", "shall", "has", "have", "isn't", "wasn't",
];

/// Whether `word` opens a question.
pub(super) fn asks(word: &str) -> bool {
    ASKING.contains(&word)
}

/// Words before a letter that make it part of a name: "Camera B", "vitamin C".
const NAMED: &[&str] = &[
    "plan",
    "vitamin",
    "camera",
    "type",
    "grade",
    "section",
    "part",
    "team",
    "group",
    "gate",
    "platform",
    "room",
    "exhibit",
    "hepatitis",
    "point",
    "scene",
    "bus",
    "class",
    "zone",
    "terminal",
    "building",
    "block",
    "figure",
    "model",
    "appendix",
    "channel",
    "layer",
    "box",
];
/// The same in Chinese, where a token is a character.
const NAMED_IN_CHINESE: &[&str] = &["盒子", "箱子", "盒", "箱"];
/// Letters at most in one list of names: "boxes A, B and C".
const NAMES: usize = 8;

/// Whether the letter at `at` belongs to the name of something else, or stands in a list of such names.
pub(super) fn is_name(tokens: &Tokens, at: usize) -> bool {
    let joins = |at: usize| matches!(tokens.text(at), "and" | "or" | "," | "/" | "和" | "或" | "与" | "及");
    let (mut first, mut has_comma) = (at, false);
    for _ in 0..NAMES {
        let before = undressed(tokens, first);
        match head(tokens, before) {
            Some(Head::Several) => return true,
            // "In box A, B" lists no boxes.
            Some(Head::One) => return !has_comma,
            None => {}
        }
        let mut joint = before;
        while joint > 0 && before - joint < 2 && joins(joint - 1) {
            joint -= 1;
            has_comma |= tokens.text(joint) == ",";
        }
        let letter = undressed(tokens, joint).checked_sub(1);
        match letter.filter(|letter| joint < before && tokens.letter(*letter).is_some()) {
            Some(letter) => first = letter,
            None => return false,
        }
    }
    false
}

/// How many a noun before a letter names.
enum Head {
    One,
    Several,
}

/// The noun that ends before `end`, if a letter after it is part of a name.
fn head(tokens: &Tokens, end: usize) -> Option<Head> {
    let word = end.checked_sub(1).filter(|&at| tokens.kind(at) == Kind::Word).map(|at| tokens.text(at))?;
    let is_plural = |name: &str| word.strip_prefix(name).is_some_and(|rest| matches!(rest, "s" | "es"));
    let spelt = |name: &str| {
        let length = name.chars().count();
        end >= length
            && name.chars().enumerate().all(|(at, c)| tokens.text(end - length + at).chars().eq([c]))
    };
    if NAMED.contains(&word) {
        Some(Head::One)
    } else if NAMED.iter().any(|name| is_plural(name)) || NAMED_IN_CHINESE.iter().any(|name| spelt(name)) {
        Some(Head::Several)
    } else {
        None
    }
}

/// The token after the last that is no quote or star before `end`.
fn undressed(tokens: &Tokens, end: usize) -> usize {
    let dressed = (0..end).rev().take(3).take_while(|&at| matches!(tokens.text(at), "*" | "\"" | "'" | "`"));
    end - dressed.count()
}
