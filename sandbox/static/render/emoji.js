// The short codes people use most, by Slack's names. Unknown ones stay as they were typed.

const LIST = `
smile 😄 smiley 😃 grinning 😀 grin 😁 laughing 😆 satisfied 😆 sweat_smile 😅 joy 😂
rolling_on_the_floor_laughing 🤣 slightly_smiling_face 🙂 upside_down_face 🙃 wink 😉 blush 😊
innocent 😇 heart_eyes 😍 star-struck 🤩 kissing_heart 😘 yum 😋 stuck_out_tongue 😛
stuck_out_tongue_winking_eye 😜 hugging_face 🤗 thinking_face 🤔 zipper_mouth_face 🤐
face_with_raised_eyebrow 🤨 neutral_face 😐 expressionless 😑 no_mouth 😶 smirk 😏 unamused 😒
face_with_rolling_eyes 🙄 grimacing 😬 relieved 😌 pensive 😔 sleepy 😪 sleeping 😴 mask 😷
face_with_thermometer 🤒 nauseated_face 🤢 exploding_head 🤯 sunglasses 😎 nerd_face 🤓
confused 😕 worried 😟 slightly_frowning_face 🙁 white_frowning_face ☹️ open_mouth 😮 hushed 😯
astonished 😲 flushed 😳 pleading_face 🥺 fearful 😨 cold_sweat 😰 cry 😢 sob 😭 scream 😱
disappointed 😞 sweat 😓 weary 😩 tired_face 😫 yawning_face 🥱 triumph 😤 rage 😡 angry 😠 skull 💀
hankey 💩 poop 💩 ghost 👻 robot_face 🤖 see_no_evil 🙈 hear_no_evil 🙉 speak_no_evil 🙊 wave 👋
raised_hand ✋ hand ✋ ok_hand 👌 v ✌️ crossed_fingers 🤞 call_me_hand 🤙 point_left 👈
point_right 👉 point_up ☝️ point_up_2 👆 point_down 👇 +1 👍 thumbsup 👍 -1 👎 thumbsdown 👎 fist ✊
facepunch 👊 clap 👏 raised_hands 🙌 open_hands 👐 handshake 🤝 pray 🙏 writing_hand ✍️ muscle 💪
ear 👂 eyes 👀 eye 👁️ brain 🧠 speaking_head_in_silhouette 🗣️ bust_in_silhouette 👤
busts_in_silhouette 👥 baby 👶 woman 👩 man 👨 shrug 🤷 face_palm 🤦 man-shrugging 🤷‍♂️
woman-shrugging 🤷‍♀️ technologist 🧑‍💻 male-technologist 👨‍💻 female-technologist 👩‍💻 cop 👮
detective 🕵️ runner 🏃 walking 🚶 dancer 💃 heart ❤️ orange_heart 🧡 yellow_heart 💛
green_heart 💚 blue_heart 💙 purple_heart 💜 black_heart 🖤 white_heart 🤍 broken_heart 💔
two_hearts 💕 sparkling_heart 💖 100 💯 anger 💢 boom 💥 collision 💥 dizzy 💫 sweat_drops 💦 dash 💨
zzz 💤 speech_balloon 💬 left_speech_bubble 🗨️ thought_balloon 💭 fire 🔥 sparkles ✨ star ⭐
star2 🌟 zap ⚡ rainbow 🌈 sunny ☀️ cloud ☁️ umbrella ☔ snowflake ❄️ droplet 💧 ocean 🌊
seedling 🌱 evergreen_tree 🌲 herb 🌿 four_leaf_clover 🍀 sunflower 🌻 rose 🌹 dog 🐶 cat 🐱 mouse 🐭
fox_face 🦊 bear 🐻 panda_face 🐼 bug 🐛 bee 🐝 turtle 🐢 snail 🐌 unicorn_face 🦄 bird 🐦 penguin 🐧
whale 🐳 coffee ☕ tea 🍵 beer 🍺 beers 🍻 wine_glass 🍷 cake 🍰 birthday 🎂 cookie 🍪 doughnut 🍩
pizza 🍕 hamburger 🍔 apple 🍎 banana 🍌 popcorn 🍿 tada 🎉 confetti_ball 🎊 balloon 🎈 gift 🎁
trophy 🏆 medal 🏅 first_place_medal 🥇 second_place_medal 🥈 third_place_medal 🥉 soccer ⚽
basketball 🏀 dart 🎯 video_game 🎮 musical_note 🎵 art 🎨 rocket 🚀 airplane ✈️ car 🚗 red_car 🚗
truck 🚚 bike 🚲 ambulance 🚑 fire_engine 🚒 police_car 🚓 rotating_light 🚨 traffic_light 🚥
vertical_traffic_light 🚦 construction 🚧 anchor ⚓ house 🏠 house_with_garden 🏡 office 🏢
hospital 🏥 bank 🏦 school 🏫 factory 🏭 round_pushpin 📍 pushpin 📌 world_map 🗺️ earth_africa 🌍
earth_americas 🌎 earth_asia 🌏 globe_with_meridians 🌐 watch ⌚ iphone 📱 calling 📲 computer 💻
keyboard ⌨️ desktop_computer 🖥️ printer 🖨️ floppy_disk 💾 cd 💿 camera 📷 movie_camera 🎥 tv 📺
phone ☎️ telephone ☎️ telephone_receiver 📞 pager 📟 fax 📠 battery 🔋 electric_plug 🔌 bulb 💡
flashlight 🔦 wastebasket 🗑️ moneybag 💰 dollar 💵 credit_card 💳 gem 💎 scales ⚖️ wrench 🔧
hammer 🔨 hammer_and_wrench 🛠️ gear ⚙️ nut_and_bolt 🔩 toolbox 🧰 magnet 🧲 shield 🛡️ bomb 💣
pill 💊 syringe 💉 microscope 🔬 telescope 🔭 satellite 📡 satellite_antenna 📡 door 🚪 key 🔑
old_key 🗝️ lock 🔒 unlock 🔓 lock_with_ink_pen 🔏 closed_lock_with_key 🔐 bell 🔔 no_bell 🔕
bookmark 🔖 link 🔗 paperclip 📎 scissors ✂️ triangular_ruler 📐 hourglass ⌛
hourglass_flowing_sand ⏳ alarm_clock ⏰ stopwatch ⏱️ timer_clock ⏲️ clock1 🕐 clock9 🕘
calendar 📆 date 📅 spiral_calendar_pad 🗓️ card_index 📇 chart_with_upwards_trend 📈
chart_with_downwards_trend 📉 bar_chart 📊 clipboard 📋 file_folder 📁 open_file_folder 📂
card_index_dividers 🗂️ file_cabinet 🗄️ newspaper 📰 notebook 📓 ledger 📒 books 📚 book 📖
page_facing_up 📄 page_with_curl 📃 scroll 📜 memo 📝 pencil 📝 pencil2 ✏️
lower_left_fountain_pen 🖋️ mag 🔍 mag_right 🔎 package 📦 mailbox 📫 inbox_tray 📥 outbox_tray 📤
email 📧 e-mail 📧 envelope ✉️ envelope_with_arrow 📩 incoming_envelope 📨 love_letter 💌
loudspeaker 📢 mega 📣 mute 🔇 sound 🔉 microphone 🎤 headphones 🎧 label 🏷️
ballot_box_with_ballot 🗳️ white_check_mark ✅ heavy_check_mark ✔️ ballot_box_with_check ☑️
x ❌ negative_squared_cross_mark ❎ heavy_multiplication_x ✖️ heavy_plus_sign ➕
heavy_minus_sign ➖ warning ⚠️ no_entry ⛔ no_entry_sign 🚫 octagonal_sign 🛑 exclamation ❗
heavy_exclamation_mark ❗ question ❓ grey_exclamation ❕ grey_question ❔ bangbang ‼️
interrobang ⁉️ information_source ℹ️ sos 🆘 ok 🆗 new 🆕 up 🆙 cool 🆒 free 🆓 recycle ♻️ repeat 🔁
arrows_counterclockwise 🔄 leftwards_arrow_with_hook ↩️ arrow_right_hook ↪️ arrow_right ➡️
arrow_left ⬅️ arrow_up ⬆️ arrow_down ⬇️ arrow_upper_right ↗️ arrow_lower_right ↘️
arrow_forward ▶️ arrow_backward ◀️ double_vertical_bar ⏸️ black_square_for_stop ⏹️
fast_forward ⏩ rewind ⏪ red_circle 🔴 large_orange_circle 🟠 large_yellow_circle 🟡
large_green_circle 🟢 large_blue_circle 🔵 large_purple_circle 🟣 white_circle ⚪ black_circle ⚫
large_red_square 🟥 large_orange_square 🟧 large_yellow_square 🟨 large_green_square 🟩
large_blue_square 🟦 white_large_square ⬜ black_large_square ⬛ small_orange_diamond 🔸
small_blue_diamond 🔹 large_orange_diamond 🔶 large_blue_diamond 🔷 small_red_triangle 🔺
small_red_triangle_down 🔻 one 1️⃣ two 2️⃣ three 3️⃣ four 4️⃣ five 5️⃣ six 6️⃣ seven 7️⃣
eight 8️⃣ nine 9️⃣ zero 0️⃣ keycap_ten 🔟 hash #️⃣ copyright ©️ registered ®️ tm ™️
infinity ♾️ thread 🧵 checkered_flag 🏁 triangular_flag_on_post 🚩 white_flag 🏳️ black_flag 🏴
flag-us 🇺🇸 flag-gb 🇬🇧 flag-de 🇩🇪 us 🇺🇸 gb 🇬🇧 de 🇩🇪
`;
const words = LIST.trim().split(/\s+/);
export const EMOJI = new Map();
for (let at = 0; at < words.length; at += 2) EMOJI.set(words[at], words[at + 1]);

const TONES = ["", "", "\u{1F3FB}", "\u{1F3FC}", "\u{1F3FD}", "\u{1F3FE}", "\u{1F3FF}"];
const CODE = /:([a-z0-9_+'-]+):(?::skin-tone-([2-6]):)?/g;

export function emoji(name, tone) {
  const found = EMOJI.get(name);
  return found && found + (TONES[tone] ?? "");
}

export function withEmoji(text) {
  return text.replace(CODE, (whole, name, tone) => emoji(name, tone) ?? whole);
}
