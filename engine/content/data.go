package content

import (
	"net/netip"
	"strconv"

	"github.com/charonrelay/charon/blaze/tdf"
)

// Ports of the player's local services (spec: client 1.2). The game is told
// them; they cannot be chosen.
const (
	PortTelemetry = 42129
	PortHTTP      = 42131
	PortTicker    = 8999 // nobody listens there, nobody needs to
)

// DisabledCountries is the list of countries in which the game sends no
// telemetry (spec: blaze appendix B).
const DisabledCountries = "AD,AF,AG,AI,AL,AM,AN,AO,AQ,AR,AS,AW,AX,AZ,BA,BB,BD,BF,BH,BI,BJ,BM,BN,BO,BR,BS,BT,BV,BW,BY,BZ,CC,CD,CF,CG,CI,CK,CL," +
	"CM,CN,CO,CR,CU,CV,CX,DJ,DM,DO,DZ,EC,EG,EH,ER,ET,FJ,FK,FM,FO,GA,GD,GE,GF,GG,GH,GI,GL,GM,GN,GP,GQ,GS,GT,GU,GW,GY,HM," +
	"HN,HT,ID,IL,IM,IN,IO,IQ,IR,IS,JE,JM,JO,KE,KG,KH,KI,KM,KN,KP,KR,KW,KY,KZ,LA,LB,LC,LI,LK,LR,LS,LY,MA,MC,MD,ME,MG,MH," +
	"ML,MM,MN,MO,MP,MQ,MR,MS,MU,MV,MW,MY,MZ,NA,NC,NE,NF,NG,NI,NP,NR,NU,OM,PA,PE,PF,PG,PH,PK,PM,PN,PS,PW,PY,QA,RE,RS,RW," +
	"SA,SB,SC,SD,SG,SH,SJ,SL,SM,SN,SO,SR,ST,SV,SY,SZ,TC,TD,TF,TG,TH,TJ,TK,TL,TM,TN,TO,TT,TV,TZ,UA,UG,UM,UY,UZ,VA,VC,VE," +
	"VG,VN,VU,WF,WS,YE,YT,ZM,ZW,ZZ"

// Telemetry settings that the game is told twice (spec: blaze 4.4.3, 7.1).
const (
	TelemetryFilter  = "-UION/****"
	TelemetryDelay   = 15000 // ms
	TelemetryPercent = 75
)

// data is ME3_DATA: endpoints and limits (spec: blaze 7.1). local is the
// address of the player's own services.
func data(local netip.Addr) []tdf.Pair {
	base := "http://" + netip.AddrPortFrom(local, PortHTTP).String() + "/"
	return []tdf.Pair{
		{Key: "GAW_SERVER_BASE_URL", Value: base},
		{Key: "IMG_MNGR_BASE_URL", Value: base + "content/"},
		{Key: "IMG_MNGR_MAX_BYTES", Value: "1048576"},
		{Key: "IMG_MNGR_MAX_IMAGES", Value: "5"},
		{Key: "JOB_THROTTLE_0", Value: "10000"},
		{Key: "JOB_THROTTLE_1", Value: "5000"},
		{Key: "JOB_THROTTLE_2", Value: "1000"},
		{Key: "MATCH_MAKING_RULES_VERSION", Value: "5"},
		{Key: "MULTIPLAYER_PROTOCOL_VERSION", Value: "3"},
		{Key: "TEL_DISABLE", Value: DisabledCountries},
		{Key: "TEL_DOMAIN", Value: "pc/masseffect-3-pc-anon"},
		{Key: "TEL_FILTER", Value: TelemetryFilter},
		{Key: "TEL_PORT", Value: strconv.Itoa(PortTelemetry)},
		{Key: "TEL_SEND_DELAY", Value: strconv.Itoa(TelemetryDelay)},
		{Key: "TEL_SEND_PCT", Value: strconv.Itoa(TelemetryPercent)},
		{Key: "TEL_SERVER", Value: local.String()},
	}
}
